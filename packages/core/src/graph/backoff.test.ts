import { expect, test } from '@jest/globals';
import { backoff } from './backoff.js';

test('doubles the pause with each attempt, up to the longest', () => {
  expect([1, 2, 3, 4, 9, 10, 1_000].map((attempt) => backoff(attempt))).toEqual([
    100, 200, 400, 800, 25_600, 30_000, 30_000,
  ]);
  expect([1, 2, 3].map((attempt) => backoff(attempt, { first: '1s', longest: '3s' }))).toEqual([1_000, 2_000, 3_000]);
});

test.each([undefined, 0, 1.5, Number.NaN])('refuses %p as an attempt', (attempt) => {
  expect(() => backoff(attempt as number)).toThrow('"attempt" of backoff is ');
});
