import type { Operator } from '@kstreams/core/dsl';
import {
  type Context,
  checkOptions,
  type Duration,
  type OptionChecks,
  option,
  record,
  type Serde,
  type StreamRecord,
  toPositiveMilliseconds,
} from '@kstreams/core/graph';
import { timers } from '@kstreams/core/state';
import { type StepOptions, stepChecks } from './step-options.js';

/** The options of `debounce`. */
export interface DebounceOptions<K, V> extends StepOptions<K> {
  /** The serde of the stream's values. */
  readonly value: Serde<V>;
  /** The time without a record of a key after which its last one is forwarded. */
  readonly wait: Duration;
}

const checks: OptionChecks<DebounceOptions<unknown, unknown>> = {
  ...stepChecks,
  value: option.required(option.serde),
  wait: option.required(option.duration),
};

/**
 * Forwards the last record of each key, once no other of that key has come for a time. It has the timestamp at which the time was
 * over, and no headers. The store keeps one waiting record per key, also across restarts.
 *
 * On stream time, the last record is the one with the largest timestamp, and the time passes with later records of any key. Equal
 * keys have to be in one partition: add `repartition()` before it if an earlier step changed them.
 *
 * @throws ConfigError for a bad option.
 *
 * @example
 * searches.via(debounce({ name: 'last-searches', key: string, value: string, wait: '300ms', clock: 'wall' }))
 */
export const debounce = <K, V>(options: DebounceOptions<K, V>): Operator<K, V, K, V> => {
  checkOptions('debounce', options, checks);
  const { clock = 'stream', key, name, value } = options;
  const wait = toPositiveMilliseconds(options.wait, '"wait" of debounce');
  const waiting = timers(name, { key, value, clock, ...(clock === 'wall' && { maxDelay: wait }) });
  return {
    name: 'debounce',
    key: 'kept',
    value: 'kept',
    stores: [waiting],
    processor: (context: Context<K, V>) => {
      const last = context.timers(waiting, (of, at, kept) => context.forward(record(of, kept, at)));
      return ({ key: of, timestamp, value: next }: StreamRecord<K, V>) => {
        if (of === null || of === undefined) return context.drop('null-key');
        const now = clock === 'wall' ? context.time.wall : timestamp;
        const waits = last.get(of);
        // Timers fire behind the record that advances the clock.
        if (waits !== undefined && waits.at <= now) context.forward(record(of, waits.value, waits.at));
        if (waits === undefined || clock === 'wall' || waits.at <= now + wait) last.set(of, now + wait, next);
      };
    },
  };
};
