import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allocateBytes, copyBytes } from './byte-slab.js';

test('arrays are zero, and writing to one changes no other', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(2_000), { maxLength: 50 }), (lengths) => {
      const arrays = lengths.map((length) => allocateBytes(length));
      expect(arrays.every((bytes) => bytes.every((byte) => byte === 0))).toBe(true);
      for (const [index, bytes] of arrays.entries()) bytes.fill(index + 1);
      expect(arrays.map((bytes) => bytes.length)).toEqual(lengths);
      expect(arrays.every((bytes, index) => bytes.every((byte) => byte === index + 1))).toBe(true);
    }),
  );
});

test('arrays of 65 to 1,024 bytes share slabs of 8 KiB', () => {
  for (const length of [0, 64, 65, 1_024, 1_025, 100_000]) {
    const shared = length > 64 && length <= 1_024;
    expect(allocateBytes(length).buffer.byteLength).toBe(shared ? 8_192 : length);
  }
});

test('a copy is a plain array with the same bytes and separate memory', () => {
  for (const length of [3, 300, 3_000]) {
    const source = Buffer.alloc(length, 7);
    const copy = copyBytes(source);
    source.fill(1);
    expect(Object.getPrototypeOf(copy)).toBe(Uint8Array.prototype);
    expect(copy).toEqual(new Uint8Array(length).fill(7));
  }
});
