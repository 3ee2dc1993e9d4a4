import { record, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { Operator } from '../operator.js';

/**
 * Makes any number of values of each, in order; none drops the record.
 *
 * @example
 * lines.flatMapValues((line) => line.split(' '))
 */
export const flatMapValues = <K, V, V2>(
  map: (value: V, key: K) => Iterable<V2>,
  value?: Serde<V2>,
): Operator<K, V, K, V2> => ({
  name: 'flat-map-values',
  key: 'kept',
  value: 'changed',
  serdes: { value },
  processor:
    ({ forward }) =>
    (from) => {
      for (const each of map(from.value, from.key)) forward(withValue(from, each));
    },
});

/**
 * Makes any number of records of each, in order; none drops it.
 *
 * @example
 * orders.flatMap((order) => order.lines.map((line) => [line.product, line.amount]))
 */
export const flatMap = <K, V, K2, V2>(
  map: (value: V, key: K) => Iterable<readonly [K2, V2]>,
  serdes: { key?: Serde<K2>; value?: Serde<V2> } = {},
): Operator<K, V, K2, V2> => ({
  name: 'flat-map',
  key: 'changed',
  value: 'changed',
  serdes,
  processor:
    ({ forward }) =>
    (from) => {
      for (const [key, value] of map(from.value, from.key)) {
        forward(record(key, value, from.timestamp, from.headers));
      }
    },
});
