import { expect, test } from '@jest/globals';
import * as example from './01-word-count.js';
import { drive } from './example.js';

test('counts each word', () => {
  const counts = new Map<string, number | null>();
  for (const { key, value } of drive(example).output(example.counts).read()) counts.set(key, value);
  expect(Object.fromEntries(counts)).toEqual({ to: 2, be: 3, or: 1, not: 1, let: 1, it: 1 });
});
