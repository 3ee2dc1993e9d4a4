import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { bytesToId, compareBytes, idToBytes } from './bytes.js';

const lengths = fc.oneof(fc.nat({ max: 70 }), fc.integer({ min: 4_090, max: 4_100 }));
const bytes = lengths.chain((length) => fc.uint8Array({ minLength: length, maxLength: length }));

test('an id has one character per byte, and becomes the same bytes again', () => {
  fc.assert(
    fc.property(bytes, (all) => {
      const id = bytesToId(all);
      expect(id.length).toBe(all.length);
      expect(Buffer.from(id, 'latin1').equals(all)).toBe(true);
      expect(idToBytes(id)).toEqual(all);
    }),
  );
});

test('ids have the order of their bytes', () => {
  fc.assert(
    fc.property(bytes, bytes, (a, b) => {
      const [one, other] = [bytesToId(a), bytesToId(b)];
      expect(one < other ? -1 : one > other ? 1 : 0).toBe(Math.sign(compareBytes(a, b)));
    }),
  );
});
