import type { Operator } from '@kstreams/core/dsl';
import { checkOptions, type Duration, type OptionChecks, option } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { boolean } from '@kstreams/serde';
import { firstWithin } from './first-within.js';
import { type StepOptions, stepChecks } from './step-options.js';

/** The options of `throttle`. */
export interface ThrottleOptions<K> extends StepOptions<K> {
  /** The time after a forwarded record for which the others of its key are dropped. */
  readonly every: Duration;
}

const checks: OptionChecks<ThrottleOptions<unknown>> = {
  ...stepChecks,
  every: option.required(option.duration),
};

/**
 * Forwards at most one record per key and time: the first, and after that time the next one. The records between are dropped.
 *
 * On stream time, a record that is older than the time is dropped and counted as `expired`. Equal keys have to be in one partition:
 * add `repartition()` before it if an earlier step changed them.
 *
 * @throws ConfigError for a bad option.
 *
 * @example
 * readings.via(throttle({ name: 'readings-per-minute', key: string, every: '1m' }))
 */
export const throttle = <K, V>(options: ThrottleOptions<K>): Operator<K, V, K, V> => {
  checkOptions('throttle', options, checks);
  const { clock = 'stream', every, key, name } = options;
  const keys = keyValue(name, { key, value: boolean, ttl: { after: every, clock } });
  return firstWithin('throttle', keys, (_: V, of: K) => of as NonNullable<K>);
};
