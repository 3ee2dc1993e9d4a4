import { type Bytes, bytesToId, idToBytes } from '../graph/bytes.js';
import type { FlushRow, StoreAccess } from '../graph/store.js';

/** Where entries are held, by the bytes of their rows' keys: a `Map`, or an `OrderedMap` where they are walked in order. */
export interface Entries<E> {
  get(id: string): E | undefined;
  set(id: string, entry: E): unknown;
  delete(id: string): unknown;
}

/** How entries are held and written. */
export interface InMemoryRowsOptions<E> {
  readonly entries: Entries<E>;
  readonly encode: (entry: E) => Bytes;
  /** The timestamp of a row, and of its deletion. */
  readonly timestamp: (key: Bytes) => number;
  /** Told of every change, also of one that is taken back: for what a view keeps beside its entries. */
  readonly moved?: (id: string, before: E | undefined, after: E | undefined) => void;
}

/**
 * What some views stand on: all of their entries are in memory, and of those that changed a flush writes one row each. What
 * came and went between two commits never was a row.
 */
export class InMemoryRows<E> {
  readonly #options: InMemoryRowsOptions<E>;
  readonly #access: StoreAccess;
  /** The ids that changed since the last flush. */
  readonly #changed = new Set<string>();
  /** The ids of which the backend has a row. */
  readonly #known = new Set<string>();

  constructor(options: InMemoryRowsOptions<E>, access: StoreAccess) {
    this.#options = options;
    this.#access = access;
  }

  /** The ids that changed since the last flush. */
  get changed(): Iterable<string> {
    return this.#changed;
  }

  /** Sets an entry, or deletes it with `undefined`. */
  put(id: string, before: E | undefined, after: E | undefined): void {
    const clean = !this.#changed.has(id);
    this.#set(id, before, after);
    this.#changed.add(id);
    this.#access.journal.undo?.(() => {
      this.#set(id, after, before);
      if (clean) this.#changed.delete(id);
    });
    if (this.#changed.size > this.#access.liveLimit) this.#access.full();
  }

  /** Takes in an entry of the backend. */
  load(key: Bytes, entry: E): void {
    const id = bytesToId(key);
    this.#set(id, undefined, entry);
    this.#known.add(id);
  }

  flush(write: FlushRow): void {
    const { encode, entries, timestamp } = this.#options;
    for (const id of this.#changed) {
      const entry = entries.get(id);
      if (entry === undefined && !this.#known.has(id)) continue;
      const key = idToBytes(id);
      write(key, entry && encode(entry), timestamp(key));
    }
    for (const id of this.#changed) {
      if (entries.get(id) === undefined) this.#known.delete(id);
      else this.#known.add(id);
    }
    this.#changed.clear();
  }

  #set(id: string, before: E | undefined, after: E | undefined): void {
    if (after === undefined) this.#options.entries.delete(id);
    else this.#options.entries.set(id, after);
    this.#options.moved?.(id, before, after);
  }
}
