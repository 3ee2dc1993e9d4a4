import { record, withKey, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import { type Given, given, type NoPromise } from '../callback.js';
import type { Operator } from '../operator.js';

/** A key and a value, as mappers of whole records give them. */
export type Pair<K, V> = NoPromise & readonly [Given<K>, Given<V>];

/**
 * Changes the value of each record; also called with null values. The key stays, so nothing moves between partitions.
 *
 * @example
 * orders.mapValues((order) => order.total)
 */
export const mapValues = <K, V, V2>(to: (value: V, key: K) => Given<V2>, value?: Serde<V2>): Operator<K, V, K, V2> => ({
  name: 'map-values',
  key: 'kept',
  value: 'changed',
  serdes: { value },
  callback: to,
  processor:
    ({ forward }) =>
    (from) =>
      forward(withValue(from, given(to(from.value, from.key) as V2, 'mapValues'))),
});

/**
 * Changes key and value of each record. A later step that needs equal keys together moves the records through a topic.
 *
 * @example
 * orders.map((order, id) => [order.customer, { id, ...order }])
 */
export const map = <K, V, K2, V2>(
  to: (value: V, key: K) => Pair<K2, V2>,
  serdes: { key?: Serde<K2>; value?: Serde<V2> } = {},
): Operator<K, V, K2, V2> => ({
  name: 'map',
  key: 'changed',
  value: 'changed',
  serdes,
  callback: to,
  processor:
    ({ forward }) =>
    (from) => {
      const [key, value] = given(to(from.value, from.key), 'map');
      forward(record(given(key as K2, 'map'), given(value as V2, 'map'), from.timestamp, from.headers));
    },
});

/**
 * Gives each record another key, which may be null. The value stays. A later step that needs equal keys together moves
 * the records through a topic.
 *
 * @example
 * orders.selectKey((order) => order.customer)
 */
export const selectKey = <K, V, K2>(to: (value: V, key: K) => Given<K2>, key?: Serde<K2>): Operator<K, V, K2, V> => ({
  name: 'select-key',
  key: 'changed',
  value: 'kept',
  serdes: { key },
  callback: to,
  processor:
    ({ forward }) =>
    (from) =>
      forward(withKey(from, given(to(from.value, from.key) as K2, 'selectKey'))),
});
