import { expect, test } from '@jest/globals';
import { sameKey } from './same-key.js';

test.each([
  ['a', 'a', true],
  ['1', 1, false],
  [null, {}, false],
  [Uint8Array.of(1, 2), Uint8Array.of(1, 2), true],
  [Uint8Array.of(1, 2), Uint8Array.of(1, 3), false],
  [Uint8Array.of(1), [1], false],
  [new Date(5), new Date(5), true],
  [new Date(5), new Date(6), false],
  [['a', 1], ['a', 1], true],
  [['a', 1], ['a'], false],
  [{ key: 'a', start: 0, end: 5 }, { end: 5, key: 'a', start: 0 }, true],
  [{ key: { id: 1 }, start: 0 }, { key: { id: 2 }, start: 0 }, false],
])('%j and %j are one key: %p', (one, other, same) => {
  expect(sameKey(one, other)).toBe(same);
  expect(sameKey(other, one)).toBe(same);
});
