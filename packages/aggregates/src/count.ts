import { countSerde } from '@kstreams/core/dsl';
import type { FullAggregate } from './full-aggregate.js';

/**
 * Counts values, as a part of `combine`. Works on streams, windows, sessions and grouped tables.
 *
 * @example
 * orders.groupByKey().aggregate(combine({ orders: count(), total: sum((order) => order.total) }), { name: 'orders' })
 */
export const count = (): FullAggregate<unknown, number> => ({
  name: 'count',
  add: (counted = 0) => counted + 1,
  subtract: (counted) => (counted <= 1 ? undefined : counted - 1),
  merge: (left, right) => left + right,
  serde: countSerde,
});
