import { record, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import { type Given, given, type NoPromise } from '../callback.js';
import type { Operator } from '../operator.js';
import type { Pair } from './map.js';

/**
 * Makes any number of values of each, in order; none drops the record.
 *
 * @example
 * lines.flatMapValues((line) => line.split(' '))
 */
export const flatMapValues = <K, V, V2>(
  to: (value: V, key: K) => NoPromise & Iterable<Given<V2>>,
  value?: Serde<V2>,
): Operator<K, V, K, V2> => ({
  name: 'flat-map-values',
  key: 'kept',
  value: 'changed',
  serdes: { value },
  callback: to,
  processor:
    ({ forward }) =>
    (from) => {
      for (const each of given(to(from.value, from.key), 'flatMapValues')) {
        forward(withValue(from, given(each as V2, 'flatMapValues')));
      }
    },
});

/**
 * Makes any number of records of each, in order; none drops it. A later step that needs equal keys together moves the
 * records through a topic.
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
      for (const pair of given(to(from.value, from.key), 'flatMap')) {
        const [key, value] = given(pair, 'flatMap');
        forward(record(given(key as K2, 'flatMap'), given(value as V2, 'flatMap'), from.timestamp, from.headers));
      }
    },
});
