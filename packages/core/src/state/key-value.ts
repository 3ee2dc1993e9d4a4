import type { Bytes } from '../graph/bytes.js';
import type { Serde } from '../graph/serde.js';
import type { ChangelogConfig, FlushRow, Row, Store, StoreAccess, StoreSpec } from '../graph/store.js';
import { checkName } from '../graph/topic.js';
import { keyIds } from './key-ids.js';
import { openRows } from './observed-rows.js';
import { type OrderedKeyValueStore, OrderedRows } from './ordered-key-value.js';
import type { Rows } from './rows.js';

/** A store of values by key, each with the timestamp of its last update. */
export interface KeyValueStore<K, V> extends Store {
  /** The value of a key, or `undefined`. Shared: to change it in place, take a `draft`. */
  get(key: K): V | undefined;
  /** The value of a key with its timestamp, or `undefined`. */
  row(key: K): Row<V> | undefined;
  /**
   * The value of a key, to be changed in place and put back: a copy where the kept one is still needed, because it is
   * `shown` to others as the value from before, or because the error policy may take the record back.
   */
  draft(key: K, shown?: boolean): V | undefined;
  /** Sets the value of a key; the timestamp, in ms, is that of the update. */
  put(key: K, value: V, timestamp: number): void;
  /** Deletes a key. */
  delete(key: K, timestamp: number): void;
  /** For readers from outside: the rows that the backend does not hold yet, undefined for a delete. */
  unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]>;
  /** For readers from outside: a row of the backend, decoded. */
  decode(row: Bytes): Row<V>;
}

/** How a key-value store is made. */
export interface KeyValueOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** `false`: not logged, lost with the disk. */
  readonly changelog?: false;
  /** Says that rows without a changelog may be lost without harm, which exactly-once asks of them; false unless set. */
  readonly disposable?: boolean;
  /** The source topic that serves as the changelog. */
  readonly sourceTopic?: string;
  /** Whether the user chose the name; true unless set. */
  readonly named?: boolean;
  /** Whether rows can be read in the order of their keys: see {@link OrderedKeyValueStore}. Costs memory per row. */
  readonly ordered?: boolean;
}

const compacted: ChangelogConfig = { cleanup: 'compact' };

/**
 * A key-value store, to be listed among a processor's stores and asked for with `context.store(spec)`. With
 * `ordered: true` it can be read by range, at the cost of keeping every key in memory.
 *
 * @example
 * const seen = keyValue('seen', { key: string, value: double })
 * const timers = keyValue('timers', { key: tuple(int64, string), value: string, ordered: true })
 */
export function keyValue<K, V>(
  name: string,
  options: KeyValueOptions<K, V> & { readonly ordered: true },
): StoreSpec<OrderedKeyValueStore<K, V>>;
export function keyValue<K, V>(name: string, options: KeyValueOptions<K, V>): StoreSpec<KeyValueStore<K, V>>;
export function keyValue<K, V>(name: string, options: KeyValueOptions<K, V>): StoreSpec<KeyValueStore<K, V>> {
  const open = (access: StoreAccess): KeyValueRows<K, V> => new KeyValueRows(name, options, access);
  return {
    name: checkName(name, 'a store'),
    changelog: options.changelog ?? compacted,
    sourceTopic: options.sourceTopic,
    key: options.key,
    value: options.value,
    shape: 'key-value',
    named: options.named ?? true,
    disposable: options.disposable === true,
    open: (access) => (options.ordered === true ? new OrderedRows(options.key, open(access), access) : open(access)),
  };
}

class KeyValueRows<K, V> implements KeyValueStore<K, V> {
  readonly #rows: Rows<K, V>;

  constructor(store: string, { key, value }: KeyValueOptions<K, V>, access: StoreAccess) {
    const immutable = value.immutable === true;
    const id = keyIds(key, access.topic);
    const format = { store, id, encodeKey: key.encode, encode: value.encode, decode: value.decode, immutable };
    this.#rows = openRows(format, access);
  }

  get(key: K): V | undefined {
    return this.#rows.get(key)?.value;
  }

  row(key: K): Row<V> | undefined {
    return this.#rows.get(key);
  }

  draft(key: K, shown = false): V | undefined {
    return this.#rows.draft(key, shown);
  }

  put(key: K, value: V, timestamp: number): void {
    this.#rows.put(key, value, timestamp);
  }

  delete(key: K, timestamp: number): void {
    this.#rows.put(key, undefined, timestamp);
  }

  flush(write: FlushRow): void {
    this.#rows.flush(write);
  }

  settled(): void {
    this.#rows.settled();
  }

  unsettled(): Iterable<readonly [key: Bytes, row: Row<V> | undefined]> {
    return this.#rows.unsettled();
  }

  decode(row: Bytes): Row<V> {
    return this.#rows.decode(row);
  }
}
