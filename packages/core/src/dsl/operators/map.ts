import { record, type StreamRecord, withKey, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import type { Operator, Sync } from '../operator.js';

/** What a mapper must give; `undefined` is no value, and Kafka's null is `null`. */
const given = <T>(value: T, operator: string): T => {
  if (value === undefined)
    throw new TypeError(`${operator} returned undefined: return a value, or null for Kafka's null`);
  return value;
};

/**
 * Changes the value of each record; also called with null values. The key stays, so nothing moves between partitions.
 *
 * @example
 * orders.mapValues((order) => order.total)
 */
export const mapValues = <K, V, V2>(map: (value: V, key: K) => Sync<V2>, value?: Serde<V2>): Operator<K, V, K, V2> => ({
  name: 'map-values',
  key: 'kept',
  value: 'changed',
  serdes: { value },
  processor:
    ({ forward }) =>
    (from) =>
      forward(withValue(from, given(map(from.value, from.key) as V2, 'mapValues'))),
});

/**
 * Changes key and value of each record. A later step that needs equal keys together moves the records through a topic.
 *
 * @example
 * orders.map((order, id) => [order.customer, { id, ...order }])
 */
export const map = <K, V, K2, V2>(
  map: (value: V, key: K) => readonly [K2, V2],
  serdes: { key?: Serde<K2>; value?: Serde<V2> } = {},
): Operator<K, V, K2, V2> => ({
  name: 'map',
  key: 'changed',
  value: 'changed',
  serdes,
  processor:
    ({ forward }) =>
    (from) => {
      const [key, value] = given(map(from.value, from.key), 'map');
      forward(record(key, given(value, 'map'), from.timestamp, from.headers));
    },
});

/**
 * Gives each record another key, which may be null. `partitioned: 'kept'` promises that equal new keys are in one
 * partition already, and spares the topic in between.
 *
 * @example
 * orders.selectKey((order) => order.customer)
 */
export const selectKey = <K, V, K2>(
  select: (value: V, key: K) => Sync<K2>,
  options: { key?: Serde<K2>; partitioned?: 'kept' } = {},
): Operator<K, V, K2, V> => ({
  name: 'select-key',
  key: 'changed',
  value: 'kept',
  serdes: { key: options.key },
  processor:
    ({ forward }) =>
    (from: StreamRecord<K, V>) =>
      forward(withKey(from, given(select(from.value, from.key) as K2, 'selectKey'))),
});
