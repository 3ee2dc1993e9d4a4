import type { Bytes } from './bytes.js';
import type { Expiries } from './expiries.js';
import type { AnySerde } from './serde.js';
import type { StoreReader } from './store-reader.js';
import type { Lifetime } from './ttl.js';

/** A value and the timestamp of the update that wrote it, in ms. */
export interface Row<out V> {
  readonly value: V;
  readonly timestamp: number;
}

/** Undoes the changes of one record, when the error policy may skip or retry it. */
export interface Journal {
  /**
   * Registers a function that undoes a change; `undefined` while changes need not be undone. Called before each change:
   * throws outside of a record's turn.
   */
  readonly undo: ((undoChange: () => void) => void) | undefined;
  /** Runs an action that cannot be undone: once the work of the record is kept, at once where changes need not be undone. */
  whenKept(act: () => void): void;
}

/** A read or write of a row, for an observer. */
export interface RowEvent {
  readonly how: 'read' | 'write';
  /** The key in the form of the store's public methods; in a window store it has `start` and `end`. */
  readonly key: unknown;
  /** The value before a write, or the value that was read; `undefined` without a row. */
  readonly before: unknown;
  /** The value after a write, or the value that was read; `undefined` without a row. */
  readonly after: unknown;
}

/**
 * The part of the backend that belongs to a store; its keys have no prefix. A store is opened before its rows are restored,
 * so it reads nothing before its first use or `load`.
 */
export interface StoreAccess {
  /**
   * Returns the committed row of a key: its timestamp and value as one byte string, see `encodeRow`.
   *
   * @throws Pending when a slow backend has not loaded the key yet.
   */
  get(key: Bytes): Bytes | undefined;
  readonly journal: Journal;
  /** The topic that rows are encoded for: the changelog topic. */
  readonly topic: string;
  /** The number of live values to keep. Beyond it a store evicts clean values, and requests a commit when more are dirty. */
  readonly liveLimit: number;
  /** Requests a commit soon, because too many values are dirty. */
  requestCommit(): void;
  /** The largest row that the changelog takes, in bytes of key and value together; unlimited unless set. */
  readonly maxRowSize?: number | undefined;
  /** Freezes a value that was stored, or that a store shares with its readers. Only in tests. */
  readonly freeze?: ((value: unknown) => void) | undefined;
  /** Reports a row that was read or written; absent without an observer. */
  readonly observeRow?: (event: RowEvent) => void;
}

/** Receives a row that changed since the last flush; `undefined` deletes the key. */
export type FlushRow = (key: Bytes, value: Bytes | undefined, timestamp: number) => void;

/** The rows of an open store, for the runtime: flush, load, restore and read. */
export interface StoreRows {
  /** The number of rows that changed since the last flush. It bounds the length of a commit; 0 unless set. */
  readonly changed?: number;
  /**
   * Writes each row that changed since the last flush once, encoded.
   *
   * @throws Pending when a serde needs a value that is not loaded. The next call continues with the remaining rows.
   */
  flush(write: FlushRow): void;
  /** Marks the flushed rows as committed to the backend: they are clean and may be evicted. */
  markCommitted(): void;
  /** Returns key ranges of rows that expired since the last commit. They are deleted with the commit and never logged. */
  expired?(): readonly (readonly [from: Bytes, to: Bytes])[];
  /**
   * Applies a record of the source topic that serves as the changelog, during a restore. Only of stores with rows that
   * differ from such records.
   */
  restoreRecord?(key: Bytes, value: Bytes | null, timestamp: number): void;
  /** Loads state that is kept in memory, such as ordered keys or open windows, before the first record. */
  load?(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void>;
  /**
   * Returns the rows that are not committed to the backend yet, by row key; `undefined` for a deleted one. Each row stays as
   * it is now, whenever it is read. For readers.
   */
  uncommitted?(): Iterable<readonly [key: Bytes, read: (() => Row<unknown>) | undefined]>;
  /** Returns the current row of a key, committed or not. For readers. */
  read?(key: unknown): Row<unknown> | undefined;
  /** The rows in the order in which they end; only of a store with a `ttl`. */
  readonly expiries?: Expiries<unknown, unknown>;
}

/** An open store. */
export interface OpenedStore<out S> {
  /** The store as processors use it. */
  readonly handle: S;
  /** The store as the runtime uses it. */
  readonly rows: StoreRows;
}

/** The cleanup of a store's changelog topic. */
export interface ChangelogConfig {
  readonly cleanup: 'compact' | 'delete' | 'compact,delete';
  /** `retention.ms`, if `cleanup` deletes. */
  readonly retention?: number;
  /** `min.compaction.lag.ms`, for versioned stores. */
  readonly compactionLag?: number;
}

/**
 * The declaration of a store: its name, changelog, serdes and implementation. A processor opens the store with
 * `context.store(spec)`.
 */
export interface StoreSpec<out S> {
  readonly name: string;
  /** `false` for a store without a changelog, which is lost with the disk unless its backend keeps copies of commits. */
  readonly changelog: ChangelogConfig | false;
  /** The source topic that serves as the changelog: a table's own topic. Nothing is appended then. */
  readonly sourceTopic?: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  /** The kind of store in descriptions and pictures, such as `'key-value'` or `'window'`. */
  readonly kind: string;
  /** True when the user chose the name. Unnamed stores cause a warning. */
  readonly named: boolean;
  /** True when unlogged rows may be lost without harm; exactly-once refuses other unlogged stores. False by default. */
  readonly disposable?: boolean;
  /** The lifetime of its rows; the runtime deletes each at its end. Rows are kept unless set. */
  readonly ttl?: Lifetime | undefined;
  /** Maps keys and values to rows, for views and queries. A store without one cannot be viewed. */
  readonly reader?: StoreReader<unknown, unknown>;
  open(access: StoreAccess): OpenedStore<S>;
}

/** A store that views and queries can read. */
export interface ReadableSpec<out S, K, V> extends StoreSpec<S> {
  readonly reader: StoreReader<K, V>;
}

/** A spec of any store. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyStoreSpec = StoreSpec<any>;
