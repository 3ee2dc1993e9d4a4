import { expect, test } from '@jest/globals';
import * as example from './01-word-count.js';
import { drive } from './example.js';

test('counts each word as it comes', () => {
  const counts = new Map<string, bigint | null>();
  for (const { key, value } of drive(example).output(example.counts).read()) counts.set(key, value);
  expect(Object.fromEntries(counts)).toEqual({ to: 2n, be: 3n, or: 1n, not: 1n, let: 1n, it: 1n });
});
