import type { MergeableAggregate } from '@kstreams/core/dsl';
import { ConfigError, checkFunctions } from '@kstreams/core/graph';
import { json } from '@kstreams/serde';
import { addToDigest, type Digest, digestSerde, emptyDigest, mergeDigests, quantilesOf } from './digest.js';

/**
 * Estimates quantiles of numbers with a t-digest: of 10,000 latencies the 99th percentile is one of rank 9,900 ± 31, and the
 * median one of rank 5,000 ± 157. The smallest and the largest value are exact. Works on streams, windows and sessions.
 *
 * The store keeps at most 200 means and sizes, 3.7 kB. Values cannot be removed, so grouped tables refuse it.
 *
 * @throws ConfigError for a quantile that is not from 0 to 1.
 *
 * @example
 * requests.groupByKey().window(tumbling('1m')).aggregate(quantiles((request) => request.ms, { p50: 0.5, p99: 0.99 }))
 */
export const quantiles = <V, Q extends string>(
  of: (value: V) => number,
  wanted: { readonly [name in Q]: number },
): MergeableAggregate<V, Digest, { readonly [name in Q]: number }> => {
  checkFunctions('quantiles', { of });
  const named = Object.entries<number>(wanted);
  for (const [name, quantile] of named) {
    if (!(quantile >= 0 && quantile <= 1))
      throw new ConfigError(`quantile "${name}" is ${String(quantile)}: use a number from 0 to 1, such as 0.99`);
  }
  return {
    name: 'quantiles',
    add: (digest = emptyDigest, value) => {
      const number = of(value);
      if (!Number.isFinite(number))
        throw new TypeError(`the function of quantiles returned ${String(number)}: return a finite number`);
      return addToDigest(digest, number);
    },
    merge: mergeDigests,
    result: (digest) => {
      const quantileOf = quantilesOf(digest);
      return Object.fromEntries(named.map(([name, quantile]) => [name, quantileOf(quantile)])) as {
        readonly [name in Q]: number;
      };
    },
    serde: digestSerde,
    resultSerde: json(),
  };
};
