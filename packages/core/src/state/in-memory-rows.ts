import { type Bytes, bytesToId, idToBytes } from '../graph/bytes.js';
import { rowTooLarge } from '../graph/record-size.js';
import type { FlushRow, StoreAccess } from '../graph/store.js';

/** Entries by the bytes of their row keys: a `Map`, or an `OrderedMap` to iterate in order. */
export interface Entries<E> {
  get(id: string): E | undefined;
  set(id: string, entry: E): unknown;
  delete(id: string): unknown;
}

/** Options of rows that are kept in memory. */
export interface InMemoryRowsOptions<E> {
  /** The store's name, for errors. */
  readonly store: string;
  readonly entries: Entries<E>;
  readonly encode: (entry: E) => Bytes;
  /** Returns a number of bytes that a row never exceeds, without encoding it. */
  readonly maxSize: (entry: E) => number;
  /** Returns the timestamp of a row or of its deletion. */
  readonly timestamp: (key: Bytes) => number;
  /** Called for every change and every rollback, for an index of the entries. */
  readonly onChange?: (id: string, before: E | undefined, after: E | undefined) => void;
}

/**
 * Rows that are all kept in memory. A flush writes one row per changed entry; an entry that was added and deleted between
 * two commits is never written.
 */
export class InMemoryRows<E> {
  readonly #options: InMemoryRowsOptions<E>;
  readonly #access: StoreAccess;
  /** The ids that changed since the last flush. */
  readonly #changed = new Set<string>();
  /** The ids with a row in the backend. */
  readonly #stored = new Set<string>();

  constructor(options: InMemoryRowsOptions<E>, access: StoreAccess) {
    this.#options = options;
    this.#access = access;
  }

  /** The ids that changed since the last flush. */
  get changed(): Iterable<string> {
    return this.#changed;
  }

  /**
   * Sets an entry, or deletes it with `undefined`.
   *
   * @throws StateError when the row is too large for the changelog.
   */
  put(id: string, before: E | undefined, after: E | undefined): void {
    if (after !== undefined) this.#checkSize(id, after);
    const clean = !this.#changed.has(id);
    this.#access.journal.undo?.(() => {
      this.#set(id, after, before);
      if (clean) this.#changed.delete(id);
    });
    this.#set(id, before, after);
    this.#changed.add(id);
    if (this.#changed.size > this.#access.liveLimit) this.#access.requestCommit();
  }

  /** Loads an entry from the backend. */
  load(key: Bytes, entry: E): void {
    const id = bytesToId(key);
    this.#set(id, undefined, entry);
    this.#stored.add(id);
  }

  /** The number of rows that the next flush writes. */
  get changedCount(): number {
    return this.#changed.size;
  }

  flush(write: FlushRow): void {
    const { encode, entries, timestamp } = this.#options;
    for (const id of this.#changed) {
      const entry = entries.get(id);
      if (entry !== undefined || this.#stored.has(id)) {
        const key = idToBytes(id);
        write(key, entry && encode(entry), timestamp(key));
      }
      if (entry === undefined) this.#stored.delete(id);
      else this.#stored.add(id);
      this.#changed.delete(id);
    }
  }

  #checkSize(id: string, entry: E): void {
    const { encode, maxSize, store } = this.#options;
    const { maxRowSize = Number.POSITIVE_INFINITY } = this.#access;
    if (id.length + maxSize(entry) <= maxRowSize) return;
    const size = id.length + encode(entry).length;
    if (size > maxRowSize) throw rowTooLarge(store, size, maxRowSize);
  }

  #set(id: string, before: E | undefined, after: E | undefined): void {
    if (after === undefined) this.#options.entries.delete(id);
    else this.#options.entries.set(id, after);
    this.#options.onChange?.(id, before, after);
  }
}
