import { record, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import { asMany, asPair, type Defined, defined, type NoPromise } from '../callback.js';
import type { Operator } from '../operator.js';
import type { Pair } from './map.js';

/**
 * Maps each value to any number of values, in order; none drops the record.
 *
 * @example
 * lines.flatMapValues((line) => line.split(' '))
 */
export const flatMapValues = <K, V, V2>(
  to: (value: V, key: K) => NoPromise & Iterable<Defined<V2>>,
  value?: Serde<V2>,
): Operator<K, V, K, V2> => ({
  name: 'flat-map-values',
  key: 'kept',
  value: 'changed',
  keyLocal: true,
  serdes: { value },
  callback: to,
  processor:
    ({ forward }) =>
    (from) => {
      for (const each of asMany(to(from.value, from.key), 'flatMapValues')) {
        forward(withValue(from, defined(each as V2, 'flatMapValues')));
      }
    },
});

/**
 * Maps each record to any number of records, in order; none drops it. A later step that needs equal keys together
 * repartitions the records.
 *
 * @example
 * orders.flatMap((order) => order.lines.map((line) => [line.product, line.amount]))
 */
export const flatMap = <K, V, K2, V2>(
  to: (value: V, key: K) => NoPromise & Iterable<Pair<K2, V2>>,
  serdes: { key?: Serde<K2>; value?: Serde<V2> } = {},
): Operator<K, V, K2, V2> => ({
  name: 'flat-map',
  key: 'changed',
  value: 'changed',
  serdes,
  callback: to,
  processor:
    ({ forward }) =>
    (from) => {
      for (const pair of asMany(to(from.value, from.key), 'flatMap')) {
        const [key, value] = asPair(pair, 'flatMap');
        forward(record(defined(key as K2, 'flatMap'), defined(value as V2, 'flatMap'), from.timestamp, from.headers));
      }
    },
});
