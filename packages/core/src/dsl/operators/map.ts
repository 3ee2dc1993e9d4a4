import { type OptionChecks, option } from '../../graph/option.js';
import { record, withKey, withValue } from '../../graph/record.js';
import type { Serde } from '../../graph/serde.js';
import { asPair, type Defined, defined, type NoPromise } from '../callback.js';
import type { Operator } from '../operator.js';
import { type KeyStep, keyStepChecks, type StepOptions, stepChecks } from '../options.js';

/** The key and value of a new record. */
export type Pair<K, V> = NoPromise & readonly [Defined<K>, Defined<V>];

/** The checks of the options of `map` and `flatMap`. */
export const mapChecks: OptionChecks<StepOptions<unknown, unknown> & KeyStep> = { ...stepChecks, ...keyStepChecks };

/** The checks of the options of `selectKey`. */
export const selectKeyChecks: OptionChecks<Omit<StepOptions<unknown, unknown>, 'value'> & KeyStep> = {
  ...keyStepChecks,
  key: option.serde,
};

/**
 * Maps each value, including null. Keys stay the same, so records stay in their partition.
 *
 * @example
 * orders.mapValues((order) => order.total)
 */
export const mapValues = <K, V, V2>(
  to: (value: V, key: K) => Defined<V2>,
  value?: Serde<V2>,
): Operator<K, V, K, V2> => ({
  name: 'map-values',
  key: 'kept',
  value: 'changed',
  keyLocal: true,
  serdes: { value },
  callback: to,
  processor:
    ({ forward }) =>
    (from) =>
      forward(withValue(from, defined(to(from.value, from.key) as V2, 'mapValues'))),
});

/**
 * Maps each record to another key and value. A later step that needs equal keys together repartitions the records.
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
      const [key, value] = asPair(to(from.value, from.key), 'map');
      forward(record(defined(key as K2, 'map'), defined(value as V2, 'map'), from.timestamp, from.headers));
    },
});

/**
 * Replaces the key of each record; it may be null. A later step that needs equal keys together repartitions the records.
 *
 * @example
 * orders.selectKey((order) => order.customer)
 */
export const selectKey = <K, V, K2>(to: (value: V, key: K) => Defined<K2>, key?: Serde<K2>): Operator<K, V, K2, V> => ({
  name: 'select-key',
  key: 'changed',
  value: 'kept',
  serdes: { key },
  callback: to,
  processor:
    ({ forward }) =>
    (from) =>
      forward(withKey(from, defined(to(from.value, from.key) as K2, 'selectKey'))),
});
