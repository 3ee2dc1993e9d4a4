import { afterPrefix, type Bytes, bytesToId } from '../graph/bytes.js';
import { retryPending } from '../graph/pending.js';
import type { Coordinates, Encoder, Serde } from '../graph/serde.js';
import type { OpenedStore, Row, StoreAccess } from '../graph/store.js';
import { keptKeys } from './key-ids.js';
import type { KeyValueStore } from './key-value.js';
import { OrderedMap } from './ordered-map.js';
import type { Rows } from './rows.js';

/** Rows with their keys. */
export type KeyedRows<K, V> = Iterable<readonly [key: K, row: Row<V>]>;

/**
 * A key-value store that can also be read by range, in the unsigned byte order of its encoded keys. For `string` and
 * `tuple` keys that is the order of their values.
 *
 * All keys are kept in memory, values only while they are live: a row costs about 100 bytes plus twice the length of its
 * key. The store may change during an iteration, which continues after the last key it returned.
 *
 * @example
 * const due = keyValue('due', { key: tuple(string, int64), value: string, ordered: true })
 * const printDue = (context: Context<unknown, unknown>): void => {
 *   for (const [key, { value }] of context.store(due).prefix(['ann'], tuple(string))) console.log(key, value)
 * }
 */
export interface OrderedKeyValueStore<K, V> extends KeyValueStore<K, V> {
  /** Returns the rows with `from <= key < to`; an `undefined` bound is open. */
  range(from: K | undefined, to: K | undefined): KeyedRows<K, V>;
  /** Returns the rows with encoded keys that begin with the encoded prefix. */
  prefix<P>(prefix: P, encoder: Encoder<P>): KeyedRows<K, V>;
  /** Returns all rows. */
  all(): KeyedRows<K, V>;
}

/** Opens rows as a store with its keys in memory, in order. */
export const openOrdered = <K, V>(
  key: Serde<K>,
  rows: Rows<K, V>,
  access: StoreAccess,
): OpenedStore<OrderedKeyValueStore<K, V>> => {
  const handle = new OrderedRows(key, rows, access);
  return {
    handle,
    rows: {
      get changed() {
        return rows.changed;
      },
      flush: (write) => rows.flush(write),
      markCommitted: () => rows.markCommitted(),
      uncommitted: () => rows.uncommitted(),
      read: (one) => rows.read(one as K),
      load: (loaded) => handle.load(loaded),
    },
  };
};

class OrderedRows<K, V> implements OrderedKeyValueStore<K, V> {
  readonly #serde: Serde<K>;
  readonly #rows: Rows<K, V>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #keptKey: (key: K) => K;
  /** The keys that have a row, by their encoded bytes. */
  readonly #keys = new OrderedMap<K>();

  constructor(key: Serde<K>, rows: Rows<K, V>, access: StoreAccess) {
    this.#serde = key;
    this.#rows = rows;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#keptKey = keptKeys(key, access.topic);
  }

  get(key: K): V | undefined {
    return this.#rows.get(key)?.value;
  }

  row(key: K): Row<V> | undefined {
    return this.#rows.get(key);
  }

  timestamp(key: K): number | undefined {
    return this.#rows.timestamp(key);
  }

  getMutable(key: K): V | undefined {
    return this.#rows.getMutable(key);
  }

  put(key: K, value: V, timestamp: number): void {
    this.#rows.put(key, value, timestamp);
    const id = this.#idOf(key);
    if (this.#keys.has(id)) return;
    this.#keys.set(id, this.#keptKey(key));
    this.#access.journal.undo?.(() => this.#keys.delete(id));
  }

  delete(key: K, timestamp: number): void {
    this.#rows.put(key, undefined, timestamp);
    const id = this.#idOf(key);
    const own = this.#keys.get(id);
    if (own !== undefined && this.#keys.delete(id)) this.#access.journal.undo?.(() => this.#keys.set(id, own));
  }

  range(from: K | undefined, to: K | undefined): KeyedRows<K, V> {
    return this.#between(from === undefined ? '' : this.#idOf(from), to === undefined ? undefined : this.#idOf(to));
  }

  prefix<P>(prefix: P, encoder: Encoder<P>): KeyedRows<K, V> {
    const bytes = encoder.encode(prefix, this.#at);
    const end = afterPrefix(bytes);
    return this.#between(bytesToId(bytes), end && bytesToId(end));
  }

  all(): KeyedRows<K, V> {
    return this.#between('', undefined);
  }

  async load(rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>): Promise<void> {
    for await (const [bytes] of rows) {
      this.#keys.set(bytesToId(bytes), await retryPending(() => this.#serde.decode(bytes, this.#at)));
    }
  }

  #idOf(key: K): string {
    return bytesToId(this.#serde.encode(key, this.#at));
  }

  *#between(from: string, to: string | undefined): Generator<readonly [key: K, row: Row<V>], void, undefined> {
    for (const [, key] of this.#keys.walk(from, to)) yield [key, this.#rows.get(key) as Row<V>];
  }
}
