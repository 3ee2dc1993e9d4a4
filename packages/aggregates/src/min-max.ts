import type { MergeableAggregate } from '@kstreams/core/dsl';
import { checkFunctions, type Serde } from '@kstreams/core/graph';
import { type Comparable, comparable, comparableSerde } from './comparable.js';

/**
 * Keeps the smallest of some numbers, bigints or texts. Works on streams, windows and sessions. The smallest value cannot be
 * subtracted from the smallest of all, so grouped tables refuse it: `collect` the values of a group instead.
 *
 * @throws TypeError for NaN, or a value of another type.
 *
 * @example
 * orders.groupByKey().window(tumbling('1h')).aggregate(min((order) => order.total), { name: 'smallest' })
 */
export const min = <V, N extends Comparable>(of: (value: V) => N): MergeableAggregate<V, N> =>
  extreme('min', of, (left, right) => (right < left ? right : left));

/**
 * Keeps the largest of some numbers, bigints or texts. Works on streams, windows and sessions, as `min` does.
 *
 * @throws TypeError for NaN, or a value of another type.
 *
 * @example
 * orders.groupByKey().window(tumbling('1h')).aggregate(max((order) => order.total), { name: 'largest' })
 */
export const max = <V, N extends Comparable>(of: (value: V) => N): MergeableAggregate<V, N> =>
  extreme('max', of, (left, right) => (right > left ? right : left));

const extreme = <V, N extends Comparable>(
  name: string,
  of: (value: V) => N,
  merge: (left: N, right: N) => N,
): MergeableAggregate<V, N> => {
  checkFunctions(name, { of });
  return {
    name,
    add: (kept, value) => {
      const next = comparable(name, of(value));
      return kept === undefined ? next : merge(kept, next);
    },
    merge,
    serde: comparableSerde as Serde<unknown> as Serde<N>,
  };
};
