import { passed, refuseResult } from '../callback.js';
import type { Operator } from '../operator.js';

/**
 * Keeps the records that pass `test`, including null values if they pass. Keys, values and order stay the same, so records
 * stay in their partition.
 *
 * @example
 * orders.filter((order) => order.total > 0)
 */
export const filter = <K, V>(test: (value: V, key: K) => boolean): Operator<K, V, K, V> => ({
  name: 'filter',
  key: 'kept',
  value: 'kept',
  callback: test,
  stateless: true,
  keyLocal: true,
  processor:
    ({ forward }) =>
    (record) => {
      const passes = test(record.value, record.key);
      if (passes === true) forward(record);
      else if (passes !== false) refuseResult(passes, 'filter');
    },
});

/**
 * Drops the records that pass `test`.
 *
 * @example
 * orders.filterNot((order) => order.cancelled)
 */
export const filterNot = <K, V>(test: (value: V, key: K) => boolean): Operator<K, V, K, V> => ({
  ...filter<K, V>((value, key) => !passed(test(value, key), 'filterNot')),
  name: 'filter-not',
  callback: test,
});
