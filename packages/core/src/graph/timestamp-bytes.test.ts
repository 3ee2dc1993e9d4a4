import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compareBytes } from './bytes.js';
import { encodeTimestamp, readTimestamp } from './timestamp-bytes.js';

const instants = fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -5, max: 5 }), fc.integer());

test('an instant decodes to itself', () => {
  fc.assert(fc.property(instants, (at) => expect(readTimestamp(encodeTimestamp(at))).toBe(at)));
});

test('byte order is the order of time', () => {
  fc.assert(
    fc.property(instants, instants, (a, b) => {
      expect(Math.sign(compareBytes(encodeTimestamp(a), encodeTimestamp(b)))).toBe(Math.sign(a - b));
    }),
  );
});

test('refuses fractions and unsafe integers', () => {
  expect(() => encodeTimestamp(1.5)).toThrow('not a timestamp');
});
