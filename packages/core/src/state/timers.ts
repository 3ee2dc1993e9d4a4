import { concatBytes, noBytes } from '../graph/bytes.js';
import type { Serde } from '../graph/serde.js';
import type { StoreAccess } from '../graph/store.js';
import type { Timer, TimerClock, TimersSpec } from '../graph/timers.js';
import { encodeTimestamp, readTimestamp, timestampLength } from '../graph/timestamp-bytes.js';
import { checkName } from '../graph/topic.js';
import { OpenTimers } from './open-timers.js';
import { rowReader } from './row-reader.js';

/** How timers are made. */
export interface TimersOptions<K, V> {
  readonly key: Serde<K>;
  /** What is kept with each timer; nothing unless set. */
  readonly value?: Serde<V>;
  /** What makes them fire; stream time unless set. */
  readonly clock?: TimerClock;
  /** Whether the user chose the name; true unless set. */
  readonly named?: boolean;
}

/**
 * Timers by key, to be listed among a processor's stores and asked for with `context.timers(spec, fire)`. They are rows of
 * a store: logged, restored, and taken back with the record that set them. All that are open are in memory. Those on the
 * clock `'commit'` fire before each commit, whatever instant they are set for, so that none outlives it and no log is kept.
 *
 * @example
 * const reminders = timers('reminders', { key: string, clock: 'wall' })
 * const drafts = timers('drafts', { key: string, value: json<Draft>() })
 */
export function timers<K, V>(name: string, options: TimersOptions<K, V> & { value: Serde<V> }): TimersSpec<K, V>;
export function timers<K>(name: string, options: TimersOptions<K, void>): TimersSpec<K>;
export function timers<K, V>(name: string, options: TimersOptions<K, V>): TimersSpec<K, V> {
  const { clock = 'stream', key, named = true } = options;
  const value = timerSerde(options.value);
  return {
    name: checkName(name, 'timers'),
    changelog: clock === 'commit' ? false : { cleanup: 'compact' },
    disposable: clock === 'commit',
    key,
    value,
    kind: 'timers',
    clock,
    named,
    reader: rowReader(key, value),
    open: (access: StoreAccess) => {
      const timers = new OpenTimers(name, key, value, access);
      return { handle: timers, rows: timers };
    },
  };
}

/** A timer as bytes: when it fires, in eight bytes, then its value. */
const timerSerde = <V>(value: Serde<V> | undefined): Serde<Timer<V>> => ({
  name: value === undefined ? 'timer' : `timer of ${value.name}`,
  inner: value && [value],
  encode: ({ at, value: set }, coordinates) =>
    concatBytes(encodeTimestamp(at), value === undefined ? noBytes : value.encode(set, coordinates)),
  decode: (bytes, coordinates) => ({
    at: readTimestamp(bytes),
    value: value?.decode(bytes.subarray(timestampLength), coordinates) as V,
  }),
});
