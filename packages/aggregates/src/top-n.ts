import type { MergeableAggregate } from '@kstreams/core/dsl';
import { ConfigError, checkFunctions } from '@kstreams/core/graph';
import { json } from '@kstreams/serde';
import { type Comparable, comparable } from './comparable.js';

/**
 * Keeps the `n` values with the largest rank, largest first; of equal ranks the earlier value. Works on streams, windows and
 * sessions. A value that leaves the list cannot come back, so grouped tables refuse it: `collect` the values of a group.
 *
 * The store keeps the list as JSON, unless `value` of the step is another serde of lists.
 *
 * @throws ConfigError when `n` is not a whole number of at least 1.
 *
 * @example
 * orders.groupByKey().window(tumbling('1h')).aggregate(topN(3, (order) => order.total), { name: 'largest-orders' })
 */
export const topN = <V>(n: number, by: (value: V) => Comparable): MergeableAggregate<V, readonly V[]> => {
  checkFunctions('topN', { by });
  if (!Number.isSafeInteger(n) || n < 1)
    throw new ConfigError(`"n" of topN is ${String(n)}: use a whole number of at least 1`);
  const rank = (value: V): Comparable => comparable('topN', by(value));
  const insert = (kept: readonly V[], value: V): readonly V[] => {
    const own = rank(value);
    const last = kept[n - 1];
    if (last !== undefined && own <= rank(last)) return kept;
    let [from, to] = [0, kept.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (rank(kept[middle] as V) >= own) from = middle + 1;
      else to = middle;
    }
    return [...kept.slice(0, from), value, ...kept.slice(from, n - 1)];
  };
  return {
    name: 'topN',
    add: (kept = [], value) => insert(kept, value),
    merge: (left, right) => right.reduce(insert, left),
    serde: json<readonly V[]>(),
  };
};
