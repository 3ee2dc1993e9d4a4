import type { ScanOptions, Write } from './byte-store.js';
import type { Bytes } from './bytes.js';

/**
 * Storage of state across a network, such as a database or a bucket: an ordered map of bytes. `cached(remote)` of
 * `@kstreams/stores` makes a {@link ByteStore} of it, with a cache in memory and synchronous reads.
 *
 * @example
 * const postgres: Backend = { name: 'postgres', open: async () => cached(await PostgresStorage.open(url)) }
 */
export interface RemoteStorage {
  /** Identifies the owner of the state, as in {@link ByteStore}. */
  readonly owner: string;
  /** Returns the bytes of keys, in order; `undefined` for a key without bytes. */
  getMany(keys: readonly Bytes[]): Promise<readonly (Bytes | undefined)[]>;
  /**
   * Returns the entries with `from <= key < to` in unsigned byte order, or in the opposite order with `reverse`. They
   * are a snapshot, taken when the first one is read.
   */
  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]>;
  /**
   * Applies all writes or none, each of another key; rows and changelog positions share a commit. After a rejection the
   * same writes may be committed again.
   *
   * @throws FencedError when another process has taken over the state.
   */
  commit(writes: readonly Write[]): Promise<void>;
  /** Deletes the entries with `from <= key < to`. */
  clear(from: Bytes, to: Bytes): Promise<void>;
  /** Releases connections; entries stay. */
  close(): Promise<void>;
}
