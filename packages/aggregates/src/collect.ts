import { checkFunctions } from '@kstreams/core/graph';
import { json } from '@kstreams/serde';
import type { FullAggregate } from './full-aggregate.js';

/**
 * Collects values in a list, in order of arrival. Works on streams, windows, sessions and grouped tables, where a changed row
 * moves to the end. A removed value is found by its JSON.
 *
 * The store keeps the list as JSON and reads it for each record, so the cost grows with the list: collect in windows, or use
 * `topN` or `distinct` where they do.
 *
 * @example
 * orders.groupByKey().window(tumbling('1h')).aggregate(collect((order) => order.id), { name: 'order-ids' })
 */
export const collect = <V, T = V>(
  of: (value: V) => T = (value) => value as unknown as T,
): FullAggregate<V, readonly T[]> => {
  checkFunctions('collect', { of });
  return {
    name: 'collect',
    add: (list = [], value) => [...list, of(value)],
    subtract: (list, value) => {
      const removed = JSON.stringify(of(value));
      const at = list.findIndex((one) => JSON.stringify(one) === removed);
      if (at < 0) return list;
      return list.length === 1 ? undefined : list.toSpliced(at, 1);
    },
    merge: (left, right) => [...left, ...right],
    serde: json<readonly T[]>(),
  };
};
