import { type Bytes, concatBytes, noBytes } from '../bytes.js';
import type { ClockKind } from '../context.js';
import { encodeTimestamp, readTimestamp, timestampLength } from '../ordered.js';
import type { Serde } from '../serde.js';
import type { Row, Store, StoreAccess, StoreSpec } from '../store.js';
import { checkName } from '../topic.js';
import { TimerRows } from './timer-rows.js';

/** A timer that is open: when it fires, in ms, and what was set with it. */
export interface Timer<out V> {
  readonly at: number;
  readonly value: V;
}

/** At most one timer per key: it fires once, unless it is set anew or cancelled before. */
export interface Timers<K, V = void> extends Store {
  /** The open timer of a key, or `undefined`. */
  get(key: K): Timer<V> | undefined;
  /** Lets the timer of a key fire once the clock has come to `at`, in ms; it replaces the one that the key had. */
  set(key: K, at: number, value: V): void;
  /** Takes the timer of a key away; without one nothing happens. */
  cancel(key: K): void;
  /** How many timers are open. */
  readonly size: number;
  /** For readers from outside: the timers that the backend does not hold yet, undefined for one that is over. */
  unsettled(): Iterable<readonly [key: Bytes, row: Row<Timer<V>> | undefined]>;
  /** For readers from outside: a row of the backend, decoded. */
  decode(row: Bytes): Row<Timer<V>>;
}

/** What makes timers fire: stream time, the time on the wall, or that a commit is about to be made. */
export type TimerClock = ClockKind | 'commit';

/** Timers before they are opened; a processor asks for them with `context.timers(spec, fire)`. */
export interface TimersSpec<K, V = void> extends StoreSpec<Timers<K, V>> {
  readonly clock: TimerClock;
}

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
    shape: 'timers',
    clock,
    named,
    open: (access: StoreAccess) => new TimerRows(name, key, value, access),
  };
}

/** A timer as bytes: when it fires, in eight bytes, then its value. */
const timerSerde = <V>(value: Serde<V> | undefined): Serde<Timer<V>> => ({
  name: value === undefined ? 'timer' : `timer of ${value.name}`,
  encode: ({ at, value: set }, coordinates) =>
    concatBytes(encodeTimestamp(at), value === undefined ? noBytes : value.encode(set, coordinates)),
  decode: (bytes, coordinates) => ({
    at: readTimestamp(bytes),
    value: value?.decode(bytes.subarray(timestampLength), coordinates) as V,
  }),
});
