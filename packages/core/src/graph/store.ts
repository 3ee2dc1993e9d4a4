import type { Bytes } from './bytes.js';
import type { StorageError } from './errors.js';
import type { Pending } from './pending.js';
import type { AnySerde } from './serde.js';

/** A value and the timestamp of the update that made it. */
export interface Row<out V> {
  readonly value: V;
  readonly timestamp: number;
}

/** One write of a commit: the new bytes of a key, or `undefined` to delete it. */
export type Write = readonly [key: Bytes, value: Bytes | undefined];

/**
 * All that a state backend implements: an ordered map of bytes for one process, every store and task under a key prefix
 * of its own. Point reads are synchronous, because records are processed synchronously.
 */
export interface ByteStore {
  /**
   * Who keeps its state here: a text that no other process has at the same time, and that a process which takes the
   * same state up again gets back. Transactional ids are made of it.
   */
  readonly owner: string;
  /** The bytes of a key, or `undefined`. What cannot be read is a {@link StorageError}. A slow backend throws {@link Pending} for a key that is not loaded. */
  get(key: Bytes): Bytes | undefined;
  /** The entries with `from <= key < to`, in unsigned byte order, as they were when the first one was asked for. */
  scan(from: Bytes, to: Bytes): AsyncIterable<readonly [key: Bytes, value: Bytes]>;
  /** Applies all writes or none of them, later ones winning. */
  commit(writes: readonly Write[]): Promise<void>;
  /** Deletes the entries with `from <= key < to`. */
  clear(from: Bytes, to: Bytes): Promise<void>;
  /**
   * Loads keys ahead of `get`, together in few round trips; returns `undefined` when all are loaded. Every backend with a
   * `get` that throws {@link Pending} has it.
   */
  prefetchKeys?(keys: readonly Bytes[]): Promise<void> | undefined;
  /**
   * For backends that can tell: what showed that rows are not as they were written, until they are mended. Those who use
   * the store let go of it then.
   */
  readonly damage?: StorageError | undefined;
  /** Begins anew without the rows, which are restored. Called when there is damage, and while nobody uses the store. */
  mend?(): Promise<void>;
  /** Releases files and connections; what was committed stays. */
  close(): Promise<void>;
}

/** Opens the byte store of a process. */
export interface Backend {
  readonly name: string;
  /** `folder` is where the application keeps its state, which several processes may share; some need no folder. */
  open(folder: string): Promise<ByteStore>;
}

/** Undoes what one record did, when the error policy may skip or retry it. */
export interface Journal {
  /** Remembers how to take a write back; `undefined` while nothing needs to be remembered. */
  readonly undo: ((takeBack: () => void) => void) | undefined;
}

/** What a view did to a row, for an observer. */
export interface RowTouch {
  readonly how: 'read' | 'write';
  /** The key as the view has it: that of a window store has `start` and `end`. */
  readonly key: unknown;
  /** The value before a write, and the one that was read; `undefined` without a row. */
  readonly before: unknown;
  /** The value now; `undefined` without a row. */
  readonly after: unknown;
}

/**
 * What a typed view is opened on: its own rows of the backend, keys without the prefix. A view is opened before its rows
 * are restored, so it reads nothing until it is first used, or loaded.
 */
export interface StoreAccess {
  /** The row committed last under a key: its timestamp and value as one byte string (see `row.ts`). May throw {@link Pending}. */
  get(key: Bytes): Bytes | undefined;
  readonly journal: Journal;
  /** Where the view's encoded bytes go: the changelog topic's name, for serdes that want it. */
  readonly topic: string;
  /** How many live values a view may keep before it lets go of clean ones, and asks for a commit for dirty ones. */
  readonly liveLimit: number;
  /** Asks for a commit soon, since too many values are dirty. */
  full(): void;
  /** Is told which rows are read and written, where somebody observes them. */
  readonly touched?: (touch: RowTouch) => void;
}

/** Receives the rows that changed since the last flush; `undefined` deletes the key. */
export type FlushRow = (key: Bytes, value: Bytes | undefined, timestamp: number) => void;

/** What the runtime asks of every typed view. */
export interface Store {
  /** Hands over each row that changed since the last settled flush, once per key, encoded. */
  flush(write: FlushRow): void;
  /** What was flushed has reached the backend: the rows are clean and may leave memory. */
  settled(): void;
  /** Ranges of keys whose rows have expired since the last commit; deleted with it, never logged. */
  expired?(): readonly (readonly [from: Bytes, to: Bytes])[];
  /**
   * Takes in a record of the source topic that serves as the changelog, when the store is restored; only for stores in
   * which such a record is no row as it is.
   */
  take?(key: Bytes, value: Bytes | null, timestamp: number): void;
  /** Reads what the view keeps in memory (keys in order, windows by time) from its rows, before the first record. */
  load?(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void>;
}

/** How a store's changelog topic is cleaned up. */
export interface ChangelogConfig {
  readonly cleanup: 'compact' | 'delete' | 'compact,delete';
  /** How long rows are kept, in ms, where `cleanup` deletes. */
  readonly retention?: number;
  /** `min.compaction.lag.ms`, for versioned stores. */
  readonly compactionLag?: number;
}

/**
 * A store before it is opened: its name, its logging and its shape. The value itself is the typed key by which a
 * processor asks for the store.
 */
export interface StoreSpec<out S extends Store> {
  readonly name: string;
  /** `false`: not logged, lost with the disk. Otherwise how the changelog topic is kept. */
  readonly changelog: ChangelogConfig | false;
  /** The source topic that serves as the changelog (a table's own topic); nothing is appended then. */
  readonly sourceTopic?: string;
  readonly key: AnySerde;
  readonly value: AnySerde;
  readonly shape: 'key-value' | 'window' | 'session' | 'versioned' | 'subscriptions' | 'buffer' | 'timers';
  /** True when the user named it; what outlives the process and is unnamed is warned about. */
  readonly named: boolean;
  /** True when its rows may be lost (no changelog) without harm; exactly-once demands it of unlogged stores. */
  readonly disposable?: boolean;
  open(access: StoreAccess): S;
}

/** A spec of some store whose shape its holder does not care about. */
// biome-ignore lint/suspicious/noExplicitAny: the named alias behind the typed border
export type AnyStoreSpec = StoreSpec<any>;
