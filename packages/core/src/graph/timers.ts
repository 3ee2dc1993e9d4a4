import type { ClockKind } from './clock.js';
import type { OpenedStore, ReadableSpec, StoreAccess, StoreRows } from './store.js';
import type { StoreReader } from './store-reader.js';

/** An open timer: the instant at which it fires, in ms since 1970, and the value that was set with it. */
export interface Timer<out V> {
  readonly at: number;
  readonly value: V;
}

/** At most one timer per key. It fires once, unless it is replaced or cancelled before. */
export interface Timers<K, V = void> {
  /** Returns the open timer of a key, or `undefined`. */
  get(key: K): Timer<V> | undefined;
  /** Sets the timer of a key to fire once the clock reaches `at`, in ms since 1970. Replaces the open timer of the key. */
  set(key: K, at: number, value: V): void;
  /** Cancels the timer of a key; does nothing without one. */
  cancel(key: K): void;
  /** The number of open timers. */
  readonly size: number;
}

/** The clock of timers: stream time, wall-clock time, or the next commit. */
export type TimerClock = ClockKind | 'commit';

/** A due timer. `position` orders timers by instant, then by the keys' bytes. Reading `value` may decode it. */
export interface DueTimer<K, V> extends Timer<V> {
  readonly position: string;
  readonly key: K;
}

/** The rows of timers, for the runtime, which fires them in order. */
export interface TimerRows<K, V> extends StoreRows {
  /** The instant of the first open timer; `Infinity` without any. */
  readonly earliest: number;
  /** The instant of the last open timer; `-Infinity` without any. */
  readonly latest: number;
  /** Returns the first timer after a position, and from an instant on if given; `''` is before all positions. */
  next(after: string, from?: number): DueTimer<K, V> | undefined;
  /** Cancels the timer of a key. */
  cancel(key: K): void;
}

/** The declaration of timers. A processor opens them with `context.timers(spec, fire)`. */
export interface TimersSpec<K, V = void> extends ReadableSpec<Timers<K, V>, K, Timer<V>> {
  readonly clock: TimerClock;
  /** Timers further ahead than this, in ms, are due. */
  readonly maxDelay?: number | undefined;
  readonly reader: StoreReader<K, Timer<V>>;
  open(access: StoreAccess): OpenedStore<Timers<K, V>> & { readonly rows: TimerRows<K, V> };
}
