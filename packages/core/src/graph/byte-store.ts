import type { Bytes } from './bytes.js';
import type { StorageError } from './errors.js';
import type { Pending } from './pending.js';
import type { AnyStoreSpec } from './store.js';
import type { StoredPosition } from './stored-position.js';
import type { Telemetry } from './telemetry.js';

/** One write of a commit: the new bytes of a key, or `undefined` to delete it. */
export type Write = readonly [key: Bytes, value: Bytes | undefined];

/** A partition of a store without rows and position, which is restored from a topic. */
export interface LostRows {
  readonly store: string;
  readonly partition: number;
  /** The id of the topic; undefined where its log has none. */
  readonly topicId: string | undefined;
  /** True for a position of valid rows: the topic has all changes since. */
  readonly accepts: (position: StoredPosition) => boolean;
  /** Ends the work when the task moves; the call then rejects with its reason. */
  readonly signal: AbortSignal;
}

/** A partition of a store without a changelog. */
export interface KeptRows {
  readonly store: string;
  readonly partition: number;
  /** Ends the work when the task moves; the call then rejects with its reason. */
  readonly signal: AbortSignal;
}

/** The direction of a scan. */
export interface ScanOptions {
  /** True to scan from the last entry to the first; false by default. */
  readonly reverse?: boolean;
}

/**
 * A state backend: an ordered map of bytes for one process, with a key prefix per store and task. Point reads are
 * synchronous, because records are processed synchronously.
 */
export interface ByteStore {
  /**
   * Identifies the owner of the state. No two open stores share an owner; a process that opens the same state again gets
   * the same one. Transactional ids are derived from it.
   */
  readonly owner: string;
  /** True when the rows and the owner outlive the process; false unless set. */
  readonly persistent?: boolean;
  /**
   * Returns the bytes of a key, or `undefined`.
   *
   * @throws StorageError when the bytes cannot be read.
   * @throws Pending when a slow backend has not loaded the key yet.
   */
  get(key: Bytes): Bytes | undefined;
  /**
   * Returns the entries with `from <= key < to` in unsigned byte order, or in the opposite order with `reverse`. They
   * are a snapshot, taken when the first one is read.
   */
  scan(from: Bytes, to: Bytes, options?: ScanOptions): AsyncIterable<readonly [key: Bytes, value: Bytes]>;
  /**
   * Applies all writes or none of them. Of several writes to one key the last wins.
   *
   * @throws FencedError when another process has taken over the state, or the partition of a store in its location.
   */
  commit(writes: readonly Write[]): Promise<void>;
  /** Deletes the entries with `from <= key < to`. */
  clear(from: Bytes, to: Bytes): Promise<void>;
  /**
   * Loads keys ahead of `get`, together in few round trips; returns `undefined` when all are loaded. Required if
   * `get` throws {@link Pending}.
   */
  prefetchKeys?(keys: readonly Bytes[]): Promise<void> | undefined;
  /**
   * False once `get` throws {@link Pending} for none of the rows that were recovered. Such a backend costs no more than one
   * without `prefetchKeys`. True unless set.
   */
  readonly waits?: boolean;
  /**
   * Loads lost rows and their position from a copy elsewhere, or nothing where there is no valid copy. The changes since the
   * position are read from the topic. Only of backends with a copy.
   */
  recover?(lost: LostRows): Promise<void>;
  /**
   * Takes over a partition of a store without a changelog, whose commits are kept elsewhere, too: its rows become those of the
   * last commit of any process, and the commits of former owners are refused. Called before a task opens the partition.
   */
  acquire?(rows: KeptRows): Promise<void>;
  /** The damage that was found in the rows, until `mend` is called. Only of backends that can detect damage. */
  readonly damage?: StorageError | undefined;
  /** Removes all rows after damage, to be restored from changelogs. Called while nothing uses the store. */
  mend?(): Promise<void>;
  /** Releases files and connections. Committed entries stay. */
  close(): Promise<void>;
}

/** A store of the application, for a backend that other programs read. */
export interface BackendStore {
  readonly spec: AnyStoreSpec;
  /** The topic that its rows are encoded for. */
  readonly topic: string;
}

/** Settings of the process for its byte store. */
export interface BackendOptions {
  /** Receives the metrics of the store; none are kept without it. */
  readonly telemetry?: Telemetry | undefined;
  /** The stores of the application; none unless set. */
  readonly stores?: readonly BackendStore[];
}

/** Opens the byte store of a process. */
export interface Backend {
  readonly name: string;
  /** Opens the store in the application's state folder, which several processes may share. Some backends need no folder. */
  open(folder: string, options?: BackendOptions): Promise<ByteStore>;
}

/** True when reads of a store may throw {@link Pending}. */
export const readsWait = ({ prefetchKeys, waits = true }: Pick<ByteStore, 'prefetchKeys' | 'waits'>): boolean =>
  prefetchKeys !== undefined && waits;
