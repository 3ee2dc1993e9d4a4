import type { Bytes } from '../graph/bytes.js';
import { invalidTimestamp } from '../graph/invalid-timestamp.js';
import { rowTooLarge } from '../graph/record-size.js';
import { rowTimestamp, rowValue } from '../graph/row-bytes.js';
import type { Coordinates } from '../graph/serde.js';
import type { FlushRow, Row, StoreAccess, StoreRows } from '../graph/store.js';
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

/** A row that was written since the last commit; `row` is undefined for a delete. */
interface WrittenRow<V> {
  readonly key: Bytes;
  readonly row: StoredRow<V> | undefined;
  /** The timestamp of the write, also of a delete. */
  readonly timestamp: number;
}

/** Stands for a key without a row. */
const noRow = null;

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
  readonly #generation: number;
  readonly #maxSize: number;
  #dirty = new Map<unknown, WrittenRow<V>>();
  #flushed = new Map<unknown, WrittenRow<V>>();
  #young = new Map<unknown, StoredRow<V> | typeof noRow>();
  #old = new Map<unknown, StoredRow<V> | typeof noRow>();

  constructor(format: RowFormat<K, V>, access: StoreAccess) {
    this.#format = format;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#generation = Math.max(1, Math.floor(access.liveLimit / 2));
    this.#maxSize = access.maxRowSize ?? Number.POSITIVE_INFINITY;
  }

  /** The number of rows in memory. */
  get live(): number {
    return this.#dirty.size + this.#flushed.size + this.#young.size + this.#old.size;
  }

  /** Returns the row of a key, or `undefined`. The value is shared and must not be changed. */
  get(key: K): Row<V> | undefined {
    const row = this.#find(key);
    return row && this.#format.values.read(row);
  }

  /** Returns the timestamp of a key's row, or `undefined`. Does not decode the value. */
  timestamp(key: K): number | undefined {
    return this.#find(key)?.timestamp;
  }

  /** Returns the value of a key to be changed in place and put back: a copy, unless it cannot be changed. */
  getMutable(key: K): V | undefined {
    const row = this.#find(key);
    return row && this.#format.values.copy(row);
  }

  /**
   * Sets the value of a key, or deletes it with `undefined`.
   *
   * @throws StateError when the value cannot be encoded, and when key and value are too large for the changelog.
   */
  put(key: K, value: V | undefined, timestamp: number): void {
    const { encodeKey, id: idOf, store, values, written: follow } = this.#format;
    if (!Number.isSafeInteger(timestamp)) {
      throw invalidTimestamp(`the timestamp of a row of store "${store}"`, timestamp);
    }
    const id = idOf(key);
    const before = this.#dirty.get(id);
    const row = value === undefined ? undefined : values.store(value, timestamp);
    const keyBytes = before?.key ?? encodeKey(key, this.#at);
    if (this.#maxSize !== Number.POSITIVE_INFINITY) this.#checkSize(keyBytes, row);
    const written = { key: keyBytes, row, timestamp };
    this.#access.journal.undo?.(() => (before === undefined ? this.#dirty.delete(id) : this.#dirty.set(id, before)));
    this.#dirty.set(id, written);
    follow?.(id, written.key, row && timestamp);
    if (this.#dirty.size > this.#access.liveLimit) this.#access.requestCommit();
  }

  /** Writes the dirty rows, encoded. */
  flush(write: FlushRow): void {
    const { values } = this.#format;
    for (const [id, written] of this.#dirty) {
      const { key, row, timestamp } = written;
      write(key, row && values.encode(row), timestamp);
      this.#flushed.set(id, written);
    }
    this.#dirty = new Map();
  }

  /** Marks the flushed rows as clean. */
  markCommitted(): void {
    for (const [id, { row }] of this.#flushed) this.#keep(id, row ?? noRow);
    this.#flushed = new Map();
  }

  /** Returns the uncommitted rows by their encoded keys; `undefined` for a deleted one. */
  *uncommitted(): Iterable<readonly [key: Bytes, read: (() => Row<V>) | undefined]> {
    const { read } = this.#format.values;
    const entry = ({ key, row }: WrittenRow<V>) => [key, row && (() => read(row))] as const;
    for (const [id, written] of this.#flushed) if (!this.#dirty.has(id)) yield entry(written);
    for (const written of this.#dirty.values()) yield entry(written);
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

  #find(key: K): StoredRow<V> | undefined {
    const id = this.#format.id(key);
    const written = this.#dirty.get(id) ?? this.#flushed.get(id);
    if (written !== undefined) return written.row;
    const young = this.#young.get(id);
    if (young !== undefined) return young ?? undefined;
    const old = this.#old.get(id);
    const row = old === undefined ? this.#load(key) : old;
    this.#keep(id, row);
    return row ?? undefined;
  }

  #load(key: K): StoredRow<V> | typeof noRow {
    const bytes = this.#access.get(this.#format.encodeKey(key, this.#at));
    return bytes === undefined ? noRow : this.#format.values.load(rowValue(bytes), rowTimestamp(bytes));
  }

  /** Adds a clean row to the younger generation. */
  #keep(id: unknown, row: StoredRow<V> | typeof noRow): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#old.delete(id);
    this.#young.set(id, row);
  }
}
