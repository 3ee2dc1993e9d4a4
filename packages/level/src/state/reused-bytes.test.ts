import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { reusedBytes } from './reused-bytes.js';

test('a copy equals its bytes until the next one, at any length', () => {
  const passed = reusedBytes();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 130 }), (bytes) => {
      expect([...passed(bytes)]).toEqual([...bytes]);
    }),
    { seed: 1 },
  );
});

test('short copies share their memory, and longer arrays are passed as they are', () => {
  const passed = reusedBytes();
  expect(passed(new Uint8Array(64)).buffer).toBe(passed(new Uint8Array(3)).buffer);
  const long = new Uint8Array(65);
  expect(passed(long)).toBe(long);
});
