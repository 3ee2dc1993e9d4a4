import type { Bytes, Write } from '@kstreams/core/graph';

/** An entry of a log's storage. */
export type LogEntry = readonly [key: Bytes, value: Bytes];

/** Bounds of one read. */
export interface ReadLimits {
  /** Maximum number of entries. */
  readonly entries: number;
  /** The read ends with the entry that reaches this size, in bytes of keys and values. */
  readonly bytes: number;
}

/**
 * The storage below an embedded log: an ordered map of bytes with atomic commits. Keys are in unsigned byte order.
 * Neither side changes bytes after handing them over. Every call fails after `close`.
 */
export interface LogStorage {
  /** Returns the entries with `from <= key < to`, in order; all of them unless limited. */
  read(from: Bytes, to: Bytes, limits?: ReadLimits): Promise<readonly LogEntry[]>;
  /** Returns the greatest key with `from <= key < to`, or `undefined`. */
  lastKey(from: Bytes, to: Bytes): Promise<Bytes | undefined>;
  /**
   * Applies all writes or none, later ones winning; an `undefined` value deletes its key. Nothing is committed after a
   * failure, until the storage is opened again.
   */
  commit(writes: readonly Write[]): Promise<void>;
  /** Deletes the entries with `from <= key < to`. */
  clear(from: Bytes, to: Bytes): Promise<void>;
  /** Releases files and locks, also after a failed commit; durable storage keeps its entries. */
  close(): Promise<void>;
}

/** Opens the storage of a log. */
export interface LogBackend {
  /** Location of the log, for messages: `memory`, `.kstreams/shop/log`. */
  readonly name: string;
  /** Opens the storage; throws a `TransportError`, and changes nothing, when another process holds it or it is damaged. */
  open(): Promise<LogStorage>;
}
