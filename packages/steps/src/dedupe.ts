import type { Operator } from '@kstreams/core/dsl';
import { checkOptions, type Duration, type OptionChecks, option } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { boolean, string, tuple } from '@kstreams/serde';
import { firstWithin } from './first-within.js';
import { type StepOptions, stepChecks } from './step-options.js';

/** The options of `dedupe`. */
export interface DedupeOptions<K, V> extends StepOptions<K> {
  /** Returns the id of a record. Records of different keys are never duplicates. */
  readonly by: (value: V, key: K) => string;
  /** The time after the first record of an id for which others are dropped. */
  readonly within: Duration;
}

const checks: OptionChecks<DedupeOptions<unknown, unknown>> = {
  ...stepChecks,
  by: option.required(option.fn),
  within: option.required(option.duration),
};

/**
 * Drops records with an id that was forwarded for the same key within a time. The store keeps the ids of that time alone, on
 * disk, and their keys in memory.
 *
 * On stream time, a record that is older than the time is dropped and counted as `expired`: its id may have been forgotten. Equal
 * keys have to be in one partition: add `repartition()` before it if an earlier step changed them.
 *
 * @throws ConfigError for a bad option.
 *
 * @example
 * orders.via(dedupe({ name: 'order-ids', key: string, by: (order) => order.id, within: '1h' }))
 */
export const dedupe = <K, V>(options: DedupeOptions<K, V>): Operator<K, V, K, V> => {
  checkOptions('dedupe', options, checks);
  const { by, clock = 'stream', key, name, within } = options;
  const ids = keyValue(name, { key: tuple(key, string), value: boolean, ttl: { after: within, clock } });
  return firstWithin('dedupe', ids, (value: V, of: K) => [of, by(value, of)] as never);
};
