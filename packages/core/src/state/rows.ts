import type { Bytes } from '../graph/bytes.js';
import { messageOf, StateError } from '../graph/errors.js';
import { invalidTimestamp } from '../graph/invalid-timestamp.js';
import { Pending } from '../graph/pending.js';
import { rowTimestamp, rowValue } from '../graph/row-bytes.js';
import type { Coordinates } from '../graph/serde.js';
import type { FlushRow, Row, StoreAccess, StoreRows } from '../graph/store.js';

/** The encoding of a store's keys and values. */
export interface RowFormat<K, V> {
  /** The store's name, for errors. */
  readonly store: string;
  /** Returns a primitive that identifies a key in a `Map`. */
  readonly id: (key: K) => unknown;
  readonly encodeKey: (key: K, at: Coordinates) => Bytes;
  readonly encode: (value: V, at: Coordinates) => Bytes;
  readonly decode: (bytes: Bytes, at: Coordinates) => V;
  /** True when values cannot be changed, so that they need no copy. */
  readonly immutable: boolean;
}

/** A live row; `row` is undefined for a key without one. */
interface Live<K, V> {
  readonly key: K;
  readonly row: Row<V> | undefined;
  /** The timestamp of the write, also of a delete. */
  readonly timestamp: number;
}

/**
 * A bounded cache of decoded values over the bytes of a backend, on which most stores are built. Values are encoded once per
 * key and commit, not once per update. Dirty rows stay until they are flushed and committed; too many of them request a
 * commit. Clean rows, and keys without a row, are kept in two generations of half the limit each: the older one is
 * evicted when the younger is full.
 */
export class Rows<K, V> implements StoreRows {
  readonly #format: RowFormat<K, V>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #generation: number;
  #dirty = new Map<unknown, Live<K, V>>();
  #flushed = new Map<unknown, Live<K, V>>();
  #young = new Map<unknown, Live<K, V>>();
  #old = new Map<unknown, Live<K, V>>();

  constructor(format: RowFormat<K, V>, access: StoreAccess) {
    this.#format = format;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#generation = Math.max(1, Math.floor(access.liveLimit / 2));
  }

  /** The number of rows in memory. */
  get live(): number {
    return this.#dirty.size + this.#flushed.size + this.#young.size + this.#old.size;
  }

  /** Returns the row of a key, or `undefined`. The value is shared and must not be changed. */
  get(key: K): Row<V> | undefined {
    const id = this.#format.id(key);
    const live = this.#dirty.get(id) ?? this.#flushed.get(id) ?? this.#young.get(id);
    if (live !== undefined) return live.row;
    const old = this.#old.get(id) ?? this.#load(key);
    this.#keep(id, old);
    return old.row;
  }

  /**
   * Returns the value of a key to be changed in place. It is a copy with `copy`, for a caller that also needs the old value,
   * and while the record may be rolled back. Immutable values are never copied.
   */
  getMutable(key: K, copy: boolean): V | undefined {
    const value = this.get(key)?.value;
    const shared = value === undefined || this.#format.immutable;
    if (shared || !(copy || this.#access.journal.undo !== undefined)) return value;
    return this.#format.decode(this.#encode(value), this.#at);
  }

  /** Sets the value of a key, or deletes it with `undefined`. */
  put(key: K, value: V | undefined, timestamp: number): void {
    if (!Number.isSafeInteger(timestamp)) {
      throw invalidTimestamp(`the timestamp of a row of store "${this.#format.store}"`, timestamp);
    }
    const id = this.#format.id(key);
    const undo = this.#access.journal.undo;
    if (undo !== undefined) {
      const before = this.#dirty.get(id);
      undo(() => (before === undefined ? this.#dirty.delete(id) : this.#dirty.set(id, before)));
    }
    this.#dirty.set(id, { key, row: value === undefined ? undefined : { value, timestamp }, timestamp });
    if (this.#dirty.size > this.#access.liveLimit) this.#access.requestCommit();
  }

  /** Writes the dirty rows, encoded. */
  flush(write: FlushRow): void {
    try {
      for (const [id, live] of this.#dirty) {
        const { key, row, timestamp } = live;
        write(this.#format.encodeKey(key, this.#at), row && this.#encode(row.value), timestamp);
        this.#flushed.set(id, live);
      }
    } catch (thrown) {
      for (const [id, live] of this.#flushed) if (this.#dirty.get(id) === live) this.#dirty.delete(id);
      throw thrown;
    }
    this.#dirty = new Map();
  }

  /** Marks the flushed rows as clean. */
  markCommitted(): void {
    for (const [id, live] of this.#flushed) this.#keep(id, live);
    this.#flushed = new Map();
  }

  /** Returns the uncommitted rows by their encoded keys; `undefined` for a deleted one. */
  *uncommitted(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]> {
    for (const [id, { key, row }] of this.#flushed) {
      if (!this.#dirty.has(id)) yield [this.#format.encodeKey(key, this.#at), row];
    }
    for (const { key, row } of this.#dirty.values()) yield [this.#format.encodeKey(key, this.#at), row];
  }

  /** Returns the row of a key, for readers outside the task. */
  read(key: K): Row<V> | undefined {
    return this.get(key);
  }

  #decode(bytes: Bytes): Row<V> {
    try {
      return { value: this.#format.decode(rowValue(bytes), this.#at), timestamp: rowTimestamp(bytes) };
    } catch (thrown) {
      if (thrown instanceof Pending) throw thrown;
      throw new StateError(`store "${this.#format.store}" cannot decode a row: ${messageOf(thrown)}`, {}, thrown);
    }
  }

  #encode(value: V): Bytes {
    try {
      return this.#format.encode(value, this.#at);
    } catch (thrown) {
      if (thrown instanceof Pending) throw thrown;
      const { store } = this.#format;
      throw new StateError(`store "${store}" cannot encode a value: ${messageOf(thrown)}`, {}, thrown);
    }
  }

  #load(key: K): Live<K, V> {
    const bytes = this.#access.get(this.#format.encodeKey(key, this.#at));
    const row = bytes === undefined ? undefined : this.#decode(bytes);
    return { key, row, timestamp: row?.timestamp ?? -1 };
  }

  /** Adds a clean row to the younger generation. */
  #keep(id: unknown, live: Live<K, V>): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#old.delete(id);
    this.#young.set(id, live);
  }
}
