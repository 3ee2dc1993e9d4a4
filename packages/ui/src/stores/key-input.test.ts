import { expect, test } from '@jest/globals';
import { instantOf, keyOf } from './key-input.js';

test.each([
  ['ann', 'ann'],
  ['12', 12],
  ['"12"', '12'],
  ['{"a":1}', { a: 1 }],
  ['{"a"', '{"a"'],
  ['{"$bigint":"5"}', { $bigint: '5' }],
])('the typed text %p is the key %p', (typed, expected) => {
  expect(keyOf(typed)).toEqual(expected);
});

test.each([
  ['', undefined],
  ['1500', 1_500],
  ['2026-01-31 12:00', Date.UTC(2026, 0, 31, 12)],
  ['2026-01-31T12:00:00+02:00', Date.UTC(2026, 0, 31, 10)],
  ['soon', undefined],
])('the typed text %p is the instant %p', (typed, expected) => {
  expect(instantOf(typed)).toBe(expected);
});
