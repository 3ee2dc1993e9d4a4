import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  addToDigest,
  type Digest,
  digestSerde,
  emptyDigest,
  mergeDigests,
  quantileAt,
  quantilesOf,
  scaleOf,
} from './digest.js';

const digestOf = (values: readonly number[]): Digest => values.reduce(addToDigest, emptyDigest);

/** Distributions, as functions of a uniform number. */
const distributions: readonly (readonly [name: string, of: (uniform: number) => number])[] = [
  ['uniform', (uniform) => uniform],
  ['exponential', (uniform) => -Math.log(1 - uniform)],
  ['of a few values', (uniform) => Math.floor(uniform * 5)],
  ['with a heavy tail', (uniform) => (1 - uniform) ** -3],
];

const orders: readonly (readonly [name: string, order: (values: number[]) => number[]])[] = [
  ['in random order', (values) => values],
  ['ascending', (values) => values.sort((a, b) => a - b)],
  ['descending', (values) => values.sort((a, b) => b - a)],
];

/** Returns how far the rank of an estimate is from the rank that it stands for; 0 within equal values. */
const rankError = (sorted: readonly number[], quantile: number, estimate: number): number => {
  const rank = quantile * sorted.length;
  const below = sorted.filter((value) => value < estimate).length;
  const upTo = sorted.filter((value) => value <= estimate).length;
  return rank < below ? below - rank : Math.max(0, rank - upTo);
};

/** The largest error in rank: the width of a group around the quantile, and one value. */
const bound = (quantile: number, values: number): number =>
  1 + values * (quantileAt(scaleOf(quantile) + 0.5) - quantileAt(scaleOf(quantile) - 0.5));

const quantiles = [0.001, 0.01, 0.1, 0.25, 0.5, 0.75, 0.9, 0.99, 0.999];

describe.each(distributions)('quantiles of values %s', (_, of) => {
  test.each(orders)('%s are within the width of a group, also after merges', (_name, order) => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 1_500 }),
        fc.integer({ min: 1, max: 5 }),
        (seed, size, parts) => {
          const uniform = randomNumbers(seed);
          const values = order(Array.from({ length: size }, () => of(uniform())));
          const each = Math.ceil(size / parts);
          const digests = Array.from({ length: parts }, (__, i) => digestOf(values.slice(i * each, (i + 1) * each)));
          const estimate = quantilesOf(digests.reduce(mergeDigests));
          const sorted = [...values].sort((a, b) => a - b);
          for (const quantile of quantiles)
            expect(rankError(sorted, quantile, estimate(quantile))).toBeLessThanOrEqual(bound(quantile, size));
          expect([estimate(0), estimate(1)]).toEqual([sorted[0], sorted.at(-1)]);
        },
      ),
      { numRuns: 6 },
    );
  });
});

test('quantiles of few values are interpolated between them', () => {
  expect([0, 0.5, 1].map(quantilesOf(digestOf([7])))).toEqual([7, 7, 7]);
  expect([0, 0.25, 0.5, 1].map(quantilesOf(digestOf([4, 2])))).toEqual([2, 2, 3, 4]);
  expect([0.5].map(quantilesOf(digestOf([1, 100, 3])))).toEqual([3]);
});

test('a digest keeps a bounded number of groups, and bytes of another form are refused', () => {
  const uniform = randomNumbers(1);
  const digest = digestOf(Array.from({ length: 5_000 }, uniform));
  const at = { topic: 't', headers: [] };
  const bytes = digestSerde.encode(digest, at);
  expect(bytes.length).toBeLessThan(3_744);
  expect(digestSerde.decode(bytes, at)).toEqual(digest);
  expect(() => digestSerde.decode(bytes.subarray(1), at)).toThrow('bytes are not a digest');
});

/** Returns a generator of numbers from 0 to 1, by a seed. */
function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
