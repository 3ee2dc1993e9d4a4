import { checkFunctions } from '@kstreams/core/graph';
import { double } from '@kstreams/serde';
import type { FullAggregate } from './full-aggregate.js';
import { addTo, mergeTotals, subtractFrom, sumOf, type Total, totalSerde } from './total.js';

/**
 * Computes the mean of numbers or bigints. Works on streams, windows, sessions and grouped tables; the mean of no values is
 * no row. The store keeps sum and count.
 *
 * @throws TypeError for a value that is not a finite number or a bigint.
 *
 * @example
 * orders.groupByKey().aggregate(avg((order) => order.total), { name: 'mean-totals' })
 */
export const avg = <V>(of: (value: V) => number | bigint): FullAggregate<V, Total, number> => {
  checkFunctions('avg', { of });
  return {
    name: 'avg',
    add: (total, value) => addTo('avg', total, of(value)),
    subtract: (total, value) => subtractFrom('avg', total, of(value)),
    merge: (left, right) => mergeTotals('avg', left, right),
    result: (total) => Number(sumOf(total)) / total.count,
    serde: totalSerde,
    resultSerde: double,
  };
};
