import { concatBytes, noBytes } from '../graph/bytes.js';
import { checkOptions } from '../graph/check-options.js';
import { type Duration, toMilliseconds } from '../graph/duration.js';
import { type OptionChecks, option } from '../graph/option.js';
import type { Serde } from '../graph/serde.js';
import type { StoreAccess } from '../graph/store.js';
import type { Timer, TimerClock, TimersSpec } from '../graph/timers.js';
import { encodeTimestamp, readTimestamp, timestampLength } from '../graph/timestamp-bytes.js';
import { checkName } from '../graph/topic.js';
import { OpenTimers } from './open-timers.js';
import { rowReader } from './row-reader.js';
import { internalRows, type StoredRows, storedRows } from './stored-rows.js';

/** Options of timers. */
export interface TimersOptions<K, V> {
  readonly key: Serde<K>;
  /** The serde of a value kept with each timer; none by default. */
  readonly value?: Serde<V>;
  /** The clock that fires the timers; stream time by default. */
  readonly clock?: TimerClock;
  /**
   * The longest time ahead at which a timer is ever set, for wall-clock time. A timer further ahead fires at once, since the
   * wall clock was set back after it was set; without `maxDelay` it fires at its instant.
   */
  readonly maxDelay?: Duration;
  /** True when the user chose the name; true by default. */
  readonly named?: boolean;
}

const checks: OptionChecks<TimersOptions<unknown, unknown>> = {
  key: option.required(option.serde),
  value: option.serde,
  clock: option.oneOf<TimerClock>('stream', 'wall', 'commit'),
  maxDelay: option.duration,
  named: option.flag,
};

/**
 * Creates the spec of timers by key, to list among a processor's stores and open with `context.timers(spec, fire)`. Timers
 * are rows of a store: logged, restored, and rolled back with the record that set them. Open timers are kept in memory.
 * With the clock `'commit'` all timers fire before each commit, at any instant, and are not logged.
 *
 * @throws ConfigError when the name is invalid.
 *
 * @example
 * const reminders = timers('reminders', { key: string, clock: 'wall' })
 * const carts = timers('carts', { key: string, value: double })
 */
export function timers<K, V>(name: string, options: TimersOptions<K, V> & { value: Serde<V> }): TimersSpec<K, V>;
export function timers<K>(name: string, options: TimersOptions<K, void>): TimersSpec<K>;
export function timers<K, V>(name: string, options: TimersOptions<K, V>): TimersSpec<K, V> {
  checkOptions('timers', options, checks);
  const { clock = 'stream', key, maxDelay, named = true } = options;
  const value = timerSerde(options.value);
  return {
    name: checkName(name, 'timers'),
    changelog: clock === 'commit' ? false : { cleanup: 'compact' },
    disposable: clock === 'commit',
    key,
    value,
    kind: 'timers',
    clock,
    maxDelay: maxDelay === undefined ? undefined : toMilliseconds(maxDelay, `the longest delay of timers "${name}"`),
    named,
    reader: rowReader(key, value),
    open: (access: StoreAccess) => {
      const timers = new OpenTimers(name, key, timerRows(name, options, access), access);
      return { handle: timers, rows: timers };
    },
  };
}

/** Returns the rows of timers' values. */
const timerRows = <K, V>(store: string, { value }: TimersOptions<K, V>, access: StoreAccess): StoredRows<V> =>
  value === undefined
    ? internalRows({ encode: () => noBytes, decode: () => undefined as V, maxSize: () => 0 })
    : storedRows(store, value, access);

/** Returns the serde of timers: eight bytes for the instant, then the value. */
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
