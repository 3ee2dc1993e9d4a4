import type { Row } from './store.js';

/** A row that ends at an instant. `position` orders rows by instant, then by the keys' bytes. */
export interface EndingRow<out K> {
  readonly position: string;
  readonly key: K;
  readonly at: number;
}

/** The rows of a store in the order in which they end, for the runtime, which removes them. */
export interface Expiries<K, V> {
  /** An instant before which no row ends; `Infinity` without rows. */
  readonly earliest: number;
  /** Returns the first row to end after a position; `''` is before all positions. */
  next(after: string): EndingRow<K> | undefined;
  /** Returns a row, to be passed on after its removal. */
  row(key: K): Row<V> | undefined;
  /** Removes a row at the instant of its end. */
  remove(key: K, at: number): void;
}
