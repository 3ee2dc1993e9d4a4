import { type Bytes, bytesToId } from '../bytes.js';
import { messageOf, StateError } from '../errors.js';
import { rowTimestamp, rowValue } from '../row.js';
import type { AnySerde, Coordinates } from '../serde.js';
import type { FlushRow, Row, StoreAccess } from '../store.js';

/** How a view's keys and values become bytes. */
export interface RowFormat<K, V> {
  /** The store's name, for errors. */
  readonly store: string;
  /** Something that tells keys apart in a map: a primitive. */
  readonly id: (key: K) => unknown;
  readonly encodeKey: (key: K, at: Coordinates) => Bytes;
  readonly encode: (value: V, at: Coordinates) => Bytes;
  readonly decode: (bytes: Bytes, at: Coordinates) => V;
  /** True when a value cannot be changed, so that handing it out again needs no copy. */
  readonly immutable: boolean;
}

/** A live row; `row` is undefined for a key that has none. */
interface Live<K, V> {
  readonly key: K;
  readonly row: Row<V> | undefined;
  /** The timestamp of the write, also of a delete. */
  readonly timestamp: number;
}

/**
 * What all typed views stand on: a bounded set of live values over the bytes of a backend. Values are encoded once per
 * key and commit, not once per update. Dirty rows stay until they are flushed and settled; of the clean ones two
 * generations are kept, and the older is let go when the younger is full.
 */
export class Rows<K, V> {
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
    this.#generation = Math.max(1, access.liveLimit / 2);
  }

  /** The row of a key, or `undefined`. The value is shared: do not change it. */
  get(key: K): Row<V> | undefined {
    const id = this.#format.id(key);
    const live = this.#dirty.get(id) ?? this.#flushed.get(id) ?? this.#young.get(id);
    if (live !== undefined) return live.row;
    const old = this.#old.get(id) ?? this.#load(key);
    this.#keep(id, old);
    return old.row;
  }

  /** The row of a key with a value of its own, which may be changed without anybody noticing. */
  fresh(key: K): Row<V> | undefined {
    const row = this.get(key);
    if (row === undefined || this.#format.immutable) return row;
    const bytes = this.#format.encode(row.value, this.#at);
    return { value: this.#format.decode(bytes, this.#at), timestamp: row.timestamp };
  }

  /** Sets the value of a key, or deletes it with `undefined`. */
  put(key: K, value: V | undefined, timestamp: number): void {
    const id = this.#format.id(key);
    const undo = this.#access.journal.undo;
    if (undo !== undefined) {
      const before = this.#dirty.get(id);
      undo(() => (before === undefined ? this.#dirty.delete(id) : this.#dirty.set(id, before)));
    }
    this.#dirty.set(id, { key, row: value === undefined ? undefined : { value, timestamp }, timestamp });
    if (this.#dirty.size > this.#access.liveLimit) this.#access.full();
  }

  /** Hands over what is dirty, encoded. */
  flush(write: FlushRow): void {
    for (const [id, live] of this.#dirty) {
      const { key, row, timestamp } = live;
      write(this.#format.encodeKey(key, this.#at), row && this.#format.encode(row.value, this.#at), timestamp);
      this.#flushed.set(id, live);
    }
    this.#dirty = new Map();
  }

  /** What was handed over has reached the backend. */
  settled(): void {
    for (const [id, live] of this.#flushed) this.#keep(id, live);
    this.#flushed = new Map();
  }

  /** The rows that the backend does not hold yet, newest state, by their encoded keys; undefined for a delete. */
  *unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]> {
    for (const [id, { key, row }] of this.#flushed) {
      if (!this.#dirty.has(id)) yield [this.#format.encodeKey(key, this.#at), row];
    }
    for (const { key, row } of this.#dirty.values()) yield [this.#format.encodeKey(key, this.#at), row];
  }

  /** The row that a backend holds, decoded. */
  decode(bytes: Bytes): Row<V> {
    try {
      return { value: this.#format.decode(rowValue(bytes), this.#at), timestamp: rowTimestamp(bytes) };
    } catch (thrown) {
      throw new StateError(
        `store "${this.#format.store}" holds a row that is not its own: ${messageOf(thrown)}`,
        {},
        thrown,
      );
    }
  }

  #load(key: K): Live<K, V> {
    const bytes = this.#access.get(this.#format.encodeKey(key, this.#at));
    const row = bytes === undefined ? undefined : this.decode(bytes);
    return { key, row, timestamp: row?.timestamp ?? -1 };
  }

  #keep(id: unknown, live: Live<K, V>): void {
    if (this.#young.size >= this.#generation) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#old.delete(id);
    this.#young.set(id, live);
  }
}

/** A primitive that tells the keys of a serde apart exactly as their bytes do: the key itself where it can, else the bytes. */
export const keyIds = (serde: AnySerde): ((key: unknown) => unknown) => {
  if (serde.primitive === true) return (key) => key;
  const at: Coordinates = { topic: '', headers: [] };
  return (key) => bytesToId(serde.encode(key, at));
};
