import type { Bytes } from './bytes.js';
import type { Row, Store, StoreSpec } from './store.js';
import type { ClockKind } from './time.js';

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
