import { expect, test } from '@jest/globals';
import { drive } from '../example.js';
import * as example from './main.js';

test('counts each word', () => {
  const counts = new Map<string, number | null>();
  for (const { key, value } of drive(example).output(example.counts).read()) counts.set(key, value);
  expect(Object.fromEntries(counts)).toEqual({ to: 2, be: 3, or: 1, not: 1, let: 1, it: 1 });
});
