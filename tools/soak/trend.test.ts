import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { trendOf } from './trend.js';

test('the trend of points on a line is its slope', () => {
  const integer = fc.integer({ min: -1_000, max: 1_000 });
  fc.assert(
    fc.property(integer, integer, fc.uniqueArray(integer, { minLength: 2 }), (slope, start, xs) => {
      expect(trendOf(xs.map((x) => [x, start + slope * x]))).toBeCloseTo(slope);
    }),
  );
});

test('a single step late in a flat row counts little', () => {
  const points = Array.from({ length: 10 }, (_, x) => [x, x === 9 ? 10 : 0] as const);
  expect(trendOf(points)).toBeLessThan(1);
});
