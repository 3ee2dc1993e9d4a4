import type { Bytes } from '../graph/bytes.js';
import { invalidTimestamp } from '../graph/invalid-timestamp.js';
import { rowTooLarge } from '../graph/record-size.js';
import { rowTimestamp, rowValue } from '../graph/row-bytes.js';
import type { Coordinates } from '../graph/serde.js';
import type { FlushRow, Row, StoreAccess, StoreRows } from '../graph/store.js';
import { CleanRows } from './clean-rows.js';
import type { StoredRow, StoredRows } from './stored-rows.js';

/** The format of a store's keys and values. */
export interface RowFormat<K, V> {
  /** The store's name, for errors. */
  readonly store: string;
  /** Returns a primitive that identifies a key in a `Map`. */
  readonly id: (key: K) => unknown;
  readonly encodeKey: (key: K, at: Coordinates) => Bytes;
  readonly values: StoredRows<V>;
  /** Called after each write, with the id and bytes of its key; `timestamp` is undefined for a delete. */
  readonly written?: ((id: unknown, key: Bytes, timestamp: number | undefined) => void) | undefined;
}

/** A row in memory. It is clean unless it is `dirty` (changed since the last flush) or `flushed` (not committed yet). */
interface LiveRow<V> {
  readonly id: unknown;
  /** The encoded key of a row that is not clean. */
  key: Bytes | undefined;
  /** Undefined for a deleted row, and for one that does not exist. */
  row: StoredRow<V> | undefined;
  /** The timestamp of the last write, also of a delete. */
  timestamp: number;
  /** True when a reader may have the row, which is then not changed in place. */
  shared: boolean;
  dirty: boolean;
  flushed: boolean;
  /** The generation in which the clean row was used last. */
  generation: number;
}

/**
 * A bounded cache of rows over the bytes of a backend, on which most stores are built. Written rows stay until they are
 * flushed and committed; too many of them request a commit. Other rows, and keys without a row, are kept in two
 * generations of half the limit each: the older one is evicted when the younger is full.
 *
 * A key or value that cannot be encoded, and a row over the limit of the changelog, fail the write, so a flush does not fail.
 */
export class Rows<K, V> implements StoreRows {
  readonly #format: RowFormat<K, V>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #clean: CleanRows<LiveRow<V>>;
  readonly #maxSize: number;
  readonly #live = new Map<unknown, LiveRow<V>>();
  /** The row that was used last, since a record uses the same row several times. */
  #last: LiveRow<V> | undefined;
  #dirty: LiveRow<V>[] = [];
  #flushed: LiveRow<V>[] = [];

  constructor(format: RowFormat<K, V>, access: StoreAccess) {
    this.#format = format;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#clean = new CleanRows(access.liveLimit, (live) => this.#remove(live));
    this.#maxSize = access.maxRowSize ?? Number.POSITIVE_INFINITY;
  }

  /** The number of rows in memory. */
  get live(): number {
    return this.#live.size;
  }

  /** Returns the row of a key, or `undefined`. The value is shared and must not be changed. */
  get(key: K): Row<V> | undefined {
    const live = this.#find(key);
    if (live.row === undefined) return undefined;
    live.shared = true;
    return this.#format.values.read(live.row);
  }

  /** Returns the timestamp of a key's row, or `undefined`. Does not decode the value. */
  timestamp(key: K): number | undefined {
    const { row, timestamp } = this.#find(key);
    return row && timestamp;
  }

  /** Returns the value of a key to be changed in place and put back: a copy, unless it cannot be changed. */
  getMutable(key: K): V | undefined {
    const { row } = this.#find(key);
    return row && this.#format.values.copy(row);
  }

  /**
   * Sets the value of a key, or deletes it with `undefined`.
   *
   * @throws StateError when the value cannot be encoded, and when key and value are too large for the changelog.
   */
  put(key: K, value: V | undefined, timestamp: number): void {
    const { store, values, written } = this.#format;
    if (!Number.isSafeInteger(timestamp)) {
      throw invalidTimestamp(`the timestamp of a row of store "${store}"`, timestamp);
    }
    const id = this.#format.id(key);
    const known = this.#get(id);
    if (known === undefined || value === undefined || !this.#change(known, value, timestamp)) {
      const row = value === undefined ? undefined : values.store(value, timestamp);
      const keyBytes = known?.key ?? this.#format.encodeKey(key, this.#at);
      if (this.#maxSize !== Number.POSITIVE_INFINITY) this.#checkSize(keyBytes, row);
      this.#write(known ?? this.#place(id), keyBytes, row, timestamp);
    }
    if (written !== undefined)
      written(id, (this.#get(id) as LiveRow<V>).key as Bytes, value === undefined ? undefined : timestamp);
  }

  /** The number of rows that the next flush writes. */
  get changed(): number {
    return this.#dirty.length;
  }

  /** Writes the dirty rows, encoded. */
  flush(write: FlushRow): void {
    const { values } = this.#format;
    for (const { key, row, timestamp } of this.#dirty) write(key as Bytes, row && values.encode(row), timestamp);
    for (const live of this.#dirty) {
      live.dirty = false;
      if (!live.flushed) this.#flushed.push(live);
      live.flushed = true;
    }
    this.#dirty = [];
  }

  /** Marks the flushed rows as clean. */
  markCommitted(): void {
    for (const live of this.#flushed) {
      live.flushed = false;
      if (live.dirty) continue;
      live.key = undefined;
      this.#clean.keep(live);
    }
    this.#flushed = [];
  }

  /** Returns the uncommitted rows by their encoded keys; `undefined` for a deleted one. */
  *uncommitted(): Iterable<readonly [key: Bytes, read: (() => Row<V>) | undefined]> {
    const { read } = this.#format.values;
    for (const live of [...this.#flushed.filter(({ dirty }) => !dirty), ...this.#dirty]) {
      const { key, row } = live;
      live.shared = true;
      yield [key as Bytes, row && (() => read(row))];
    }
  }

  /** Returns the row of a key, for readers outside the task. */
  read(key: K): Row<V> | undefined {
    return this.get(key);
  }

  #checkSize(key: Bytes, row: StoredRow<V> | undefined): void {
    const { store, values } = this.#format;
    if (key.length + (row === undefined ? 0 : values.maxSize(row)) <= this.#maxSize) return;
    const size = key.length + (row === undefined ? 0 : values.encode(row).length);
    if (size > this.#maxSize) throw rowTooLarge(store, size, this.#maxSize);
  }

  /** Changes the row of a key in place, if it is there, no reader has it and it need not be undone. Returns false otherwise. */
  #change(live: LiveRow<V>, value: V, timestamp: number): boolean {
    const { key, row, shared } = live;
    const { change, copy } = this.#format.values;
    if (row === undefined || key === undefined || shared || change === undefined) return false;
    if (this.#access.journal.undo !== undefined) return false;
    const before = copy(row);
    change(row, value, timestamp);
    try {
      if (this.#maxSize !== Number.POSITIVE_INFINITY) this.#checkSize(key, row);
    } catch (thrown) {
      change(row, before, live.timestamp);
      throw thrown;
    }
    this.#write(live, key, row, timestamp);
    return true;
  }

  #find(key: K): LiveRow<V> {
    const id = this.#format.id(key);
    const known = this.#get(id);
    if (known !== undefined) {
      if (this.#clean.isOld(known)) this.#clean.keep(known);
      return known;
    }
    const bytes = this.#access.get(this.#format.encodeKey(key, this.#at));
    const row = bytes && this.#format.values.load(rowValue(bytes), rowTimestamp(bytes));
    const live = this.#add(id, row);
    this.#clean.keep(live);
    return live;
  }

  /** Adds an entry to write to. It is removed again if the record is undone. */
  #place(id: unknown): LiveRow<V> {
    const live = this.#add(id, undefined);
    this.#access.journal.undo?.(() => this.#remove(live));
    return live;
  }

  #write(live: LiveRow<V>, key: Bytes, row: StoredRow<V> | undefined, timestamp: number): void {
    const { dirty } = live;
    const { undo } = this.#access.journal;
    if (undo !== undefined) {
      const { key: keyBefore, row: rowBefore, timestamp: timestampBefore } = live;
      undo(() => {
        live.key = keyBefore;
        live.row = rowBefore;
        live.shared = true;
        live.timestamp = timestampBefore;
        live.dirty = dirty;
        if (!dirty) this.#dirty.pop();
      });
    }
    live.key = key;
    if (live.row !== row) live.shared = false;
    live.row = row;
    live.timestamp = timestamp;
    if (dirty) return;
    live.dirty = true;
    this.#dirty.push(live);
    if (this.#dirty.length > this.#access.liveLimit) this.#access.requestCommit();
  }

  #get(id: unknown): LiveRow<V> | undefined {
    const last = this.#last;
    if (last !== undefined && last.id === id) return last;
    const live = this.#live.get(id);
    if (live !== undefined) this.#last = live;
    return live;
  }

  #add(id: unknown, row: StoredRow<V> | undefined): LiveRow<V> {
    const timestamp = row?.timestamp ?? 0;
    const live: LiveRow<V> = {
      id,
      key: undefined,
      row,
      timestamp,
      shared: false,
      dirty: false,
      flushed: false,
      generation: -1,
    };
    this.#live.set(id, live);
    this.#last = live;
    return live;
  }

  #remove(live: LiveRow<V>): void {
    this.#live.delete(live.id);
    if (this.#last === live) this.#last = undefined;
  }
}
