import type { Bytes } from './bytes.js';
import type { Coordinates } from './serde.js';
import type { Row } from './store.js';

/** A range of row keys. */
export interface RowRange {
  readonly from: Bytes;
  /** Exclusive; the end of the store unless set. */
  readonly to?: Bytes;
  /** Returns false for row keys within the bounds that do not belong to the range. */
  readonly includes?: (rowKey: Bytes) => boolean;
}

/**
 * Maps keys and values to the rows of a store, for views and queries. A store without a reader can only be used by its
 * processors. `at` names the topic that the store encodes for: its changelog topic.
 *
 * @example
 * const reader: StoreReader<string, number> = {
 *   encodeKey: string.encode,
 *   decodeKey: string.decode,
 *   partitionKey: string.encode,
 *   decodeRow: (row, at) => ({ value: double.decode(rowValue(row), at), timestamp: rowTimestamp(row) }),
 * }
 */
export interface StoreReader<K, V> {
  /** Returns the row key of a key. */
  encodeKey(key: K, at: Coordinates): Bytes;
  /** Returns the key of a row, or `undefined` for a row of another kind, such as the store's clock or index. */
  decodeKey(rowKey: Bytes, at: Coordinates): K | undefined;
  /** Returns the bytes that choose the partition of a key. */
  partitionKey(key: K, at: Coordinates): Bytes;
  /** Returns the value and timestamp of a row, or `undefined` for a row that marks a deleted key. */
  decodeRow(row: Bytes, at: Coordinates): Row<V> | undefined;
  /**
   * Returns the rows of one key's windows that start between two instants, both included, in ms. Only of stores with
   * windowed keys; `key` is the key inside the window.
   */
  windows?(key: unknown, from: number, to: number, at: Coordinates): RowRange;
  /**
   * Returns the first bytes of the row keys of exactly the keys with a prefix. Only of stores whose rows are in the order of
   * their keys and whose key serde has prefixes: strings, bytes, tuples.
   */
  prefix?(prefix: unknown, at: Coordinates): Bytes;
  /**
   * Returns the name of a key's row for other programs, which no other row of the store has: the bytes of the key, and
   * `@<start>-<end>` behind them for a window. The row key unless set.
   */
  rowName?(rowKey: Bytes): Bytes | undefined;
  /** True when the row key is `StoreSpec.key`'s encoding of the key, so that rows can be prefetched by record key. */
  readonly plainKeys?: boolean;
}
