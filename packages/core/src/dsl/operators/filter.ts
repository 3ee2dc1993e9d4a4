import type { Operator } from '../operator.js';

/**
 * Keeps the records that pass `test` and drops the rest. Key, value and order stay as they were, so nothing moves between
 * partitions. Nulls are tested like anything else.
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
  processor:
    ({ forward }) =>
    (record) => {
      if (test(record.value, record.key)) forward(record);
    },
});

/**
 * Drops the records that pass `test` and keeps the rest.
 *
 * @example
 * orders.filterNot((order) => order.cancelled)
 */
export const filterNot = <K, V>(test: (value: V, key: K) => boolean): Operator<K, V, K, V> => ({
  ...filter<K, V>((value, key) => !test(value, key)),
  name: 'filter-not',
  callback: test,
});
