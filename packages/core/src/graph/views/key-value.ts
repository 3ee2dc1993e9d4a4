import type { Bytes } from '../bytes.js';
import type { Serde } from '../serde.js';
import type { ChangelogConfig, FlushRow, Row, Store, StoreAccess, StoreSpec } from '../store.js';
import { checkName } from '../topic.js';
import { keyIds, Rows } from './rows.js';

/** A store of values by key, each with the timestamp of its last update. */
export interface KeyValueStore<K, V> extends Store {
  /** The value of a key, or `undefined`. Shared: change a copy, or use {@link KeyValueStore.fresh}. */
  get(key: K): V | undefined;
  /** The value of a key with its timestamp, or `undefined`. */
  row(key: K): Row<V> | undefined;
  /** As `row`, with a value of one's own. */
  fresh(key: K): Row<V> | undefined;
  /** Sets the value of a key; the timestamp, in ms, is that of the update. */
  put(key: K, value: V, timestamp: number): void;
  /** Deletes a key. */
  delete(key: K, timestamp: number): void;
  /** For readers from outside: see {@link Rows.unsettled}. */
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
  /** The source topic that serves as the changelog. */
  readonly sourceTopic?: string;
  /** Whether the user chose the name; true unless set. */
  readonly named?: boolean;
}

const compacted: ChangelogConfig = { cleanup: 'compact' };

/**
 * A key-value store, to be listed among a processor's stores and asked for with `context.store(spec)`.
 *
 * @example
 * const seen = keyValue('seen', { key: string, value: double })
 */
export const keyValue = <K, V>(name: string, options: KeyValueOptions<K, V>): StoreSpec<KeyValueStore<K, V>> => ({
  name: checkName(name, 'a store'),
  changelog: options.changelog ?? compacted,
  sourceTopic: options.sourceTopic,
  key: options.key,
  value: options.value,
  shape: 'key-value',
  named: options.named ?? true,
  open: (access) => new KeyValueRows(name, options, access),
});

class KeyValueRows<K, V> implements KeyValueStore<K, V> {
  readonly #rows: Rows<K, V>;

  constructor(store: string, { key, value }: KeyValueOptions<K, V>, access: StoreAccess) {
    const immutable = value.immutable === true;
    this.#rows = new Rows(
      { store, id: keyIds(key), encodeKey: key.encode, encode: value.encode, decode: value.decode, immutable },
      access,
    );
  }

  get(key: K): V | undefined {
    return this.#rows.get(key)?.value;
  }

  row(key: K): Row<V> | undefined {
    return this.#rows.get(key);
  }

  fresh(key: K): Row<V> | undefined {
    return this.#rows.fresh(key);
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
