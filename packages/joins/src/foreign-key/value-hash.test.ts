import { expect, test } from '@jest/globals';
import { bytesToId, toUtf8 } from '@kstreams/core/graph';
import fc from 'fast-check';
import { valueHash } from './value-hash.js';

const hex = (bytes: Uint8Array): string => [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');

test('is MurmurHash3 in its form of 128 bits for 32-bit machines', () => {
  expect(hex(valueHash(toUtf8('')))).toBe('00000000000000000000000000000000');
  expect(hex(valueHash(toUtf8('I will not buy this record, it is scratched.')))).toBe(
    'a0a9683b25ac5e40d9af2895890dddf5',
  );
});

test('depends on the bytes only, not on their offset', () =>
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat({ max: 9 }), (bytes, offset) => {
      const moved = new Uint8Array(offset + bytes.length + 3).fill(7);
      moved.set(bytes, offset);
      expect(valueHash(moved.subarray(offset, offset + bytes.length))).toEqual(valueHash(bytes));
    }),
  ));

test('differs for bytes that differ in length, or in one bit', () => {
  const hashes = new Set<string>();
  for (let length = 0; length < 64; length++) {
    hashes.add(bytesToId(valueHash(new Uint8Array(length))));
    for (let bit = 0; bit < 8 * length; bit++) {
      const bytes = new Uint8Array(length);
      bytes[bit >> 3] = 1 << (bit & 7);
      hashes.add(bytesToId(valueHash(bytes)));
    }
  }
  expect(hashes.size).toBe(64 + (8 * 63 * 64) / 2);
});
