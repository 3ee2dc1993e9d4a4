import { checkFunctions, type Serde } from '@kstreams/core/graph';
import { comparableSerde } from './comparable.js';
import type { FullAggregate } from './full-aggregate.js';
import { addTo, mergeTotals, subtractFrom, sumOf, type Total, totalSerde } from './total.js';

/**
 * Adds up numbers or bigints. Works on streams, windows, sessions and grouped tables; the sum of no values is no row.
 *
 * Bigints, and numbers while all sums are safe integers, are exact. Sums of fractions keep the rounding error of each
 * addition, so that they do not drift while a table's rows change; the last digit may differ from another order's.
 *
 * @throws TypeError for a value that is not a finite number or a bigint.
 *
 * @example
 * orders.groupByKey().aggregate(sum((order) => order.total), { name: 'totals' })
 */
export const sum = <V, N extends number | bigint>(of: (value: V) => N): FullAggregate<V, Total<N>, N> => {
  checkFunctions('sum', { of });
  return {
    name: 'sum',
    add: (total, value) => addTo('sum', total, of(value)),
    subtract: (total, value) => subtractFrom('sum', total, of(value)),
    merge: (left, right) => mergeTotals('sum', left, right),
    result: sumOf,
    serde: totalSerde as Serde<unknown> as Serde<Total<N>>,
    resultSerde: comparableSerde as Serde<unknown> as Serde<N>,
  };
};
