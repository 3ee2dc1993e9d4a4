import { expect, test } from '@jest/globals';
import { bytes, double, json } from '@kstreams/serde';
import fc from 'fast-check';
import { type AnySerde, compareBytes } from '../graph/index.js';
import { keyIds, keyTexts } from './index.js';

const at = { topic: '', headers: [] };

/** Checks that ids are equal exactly when the encoded keys are. */
const tellsApart = (serde: AnySerde, keys: fc.Arbitrary<unknown>): void => {
  for (const idOf of [keyIds(serde), keyTexts(serde)]) {
    fc.assert(
      fc.property(keys, keys, (a, b) => {
        const same = compareBytes(serde.encode(a, at), serde.encode(b, at)) === 0;
        expect(new Set([idOf(a), idOf(b)]).size === 1).toBe(same);
      }),
    );
  }
};

test('objects with equal bytes are one key', () => {
  tellsApart(bytes, fc.uint8Array({ maxLength: 2, max: 2 }));
  tellsApart(json(), fc.record({ a: fc.constantFrom(1, '1'), b: fc.boolean() }));
});

test('0 and -0 are different keys if their bytes are', () => {
  tellsApart(double, fc.constantFrom(0, -0, 1, -1));
});

test('a text key differs from a key with the same bytes', () => {
  tellsApart(
    json(),
    fc.constantFrom<unknown>({ a: 1 }, '{"a":1}', '\uffff{"a":1}', '\uffff"\uffff{', 0, '0', 1, '1', true, 'true'),
  );
});
