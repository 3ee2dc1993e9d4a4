import { checkOptions } from '../graph/check-options.js';
import { ConfigError } from '../graph/errors.js';
import { type OptionChecks, option } from '../graph/option.js';
import type { Serde } from '../graph/serde.js';
import type { ChangelogConfig, OpenedStore, ReadableSpec, Row, StoreAccess } from '../graph/store.js';
import { checkName } from '../graph/topic.js';
import { lifetimeOf, type Ttl, ttlCheck } from '../graph/ttl.js';
import { keyIds } from './key-ids.js';
import { openRows } from './observed-rows.js';
import { type OrderedKeyValueStore, openOrdered } from './ordered-key-value.js';
import { RowEnds } from './row-ends.js';
import { rowReader } from './row-reader.js';
import type { RowFormat, Rows } from './rows.js';
import { storedRows } from './stored-rows.js';

/** A store of values by key, each with the timestamp of its last update. */
export interface KeyValueStore<K, V> {
  /** Returns the value of a key, or `undefined`. The value is shared and must not be changed: see `getMutable`. */
  get(key: K): V | undefined;
  /** Returns the value of a key with its timestamp, or `undefined`. */
  row(key: K): Row<V> | undefined;
  /** Returns the timestamp of a key's last update, in ms, or `undefined` without a row. Does not decode the value. */
  timestamp(key: K): number | undefined;
  /** Returns a copy of the value of a key, or `undefined`, to be changed in place and put back. */
  getMutable(key: K): V | undefined;
  /**
   * Sets the value of a key; `timestamp` is that of the update, in ms. Later reads return the value as its serde decodes it.
   *
   * @throws StateError when the serde cannot encode the value.
   */
  put(key: K, value: V, timestamp: number): void;
  /** Deletes a key. */
  delete(key: K, timestamp: number): void;
}

/** Options of a key-value store. */
export interface KeyValueOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** `false` for a store without a changelog, which is lost with the disk unless its backend keeps copies of commits. */
  readonly changelog?: false;
  /** True when rows without a changelog may be lost without harm, as exactly-once requires; false by default. */
  readonly disposable?: boolean;
  /** The source topic that serves as the changelog. */
  readonly sourceTopic?: string;
  /** True when the user chose the name; true by default. */
  readonly named?: boolean;
  /** True to read rows in key order, see {@link OrderedKeyValueStore}; false by default. Costs memory per row. */
  readonly ordered?: boolean;
  /**
   * The time after its timestamp at which a row is deleted; rows are kept unless set. Costs memory per row: the store keeps
   * the keys and the ends of all rows.
   */
  readonly ttl?: Ttl;
}

const checks: OptionChecks<KeyValueOptions<unknown, unknown>> = {
  key: option.required(option.serde),
  value: option.required(option.serde),
  changelog: { takes: 'false', accepts: (value) => value === false },
  disposable: option.flag,
  sourceTopic: option.text,
  named: option.flag,
  ordered: option.flag,
  ttl: ttlCheck,
};

const compacted: ChangelogConfig = { cleanup: 'compact' };

/**
 * Creates the spec of a key-value store, to list among a processor's stores and open with `context.store(spec)`. With
 * `ordered: true` it can be read by range, and keeps every key in memory. With a `ttl` its rows end: each is deleted once the
 * clock reaches its timestamp plus the ttl, before the next record is processed.
 *
 * @throws ConfigError when the name is invalid, or a `ttl` comes with a `sourceTopic`.
 *
 * @example
 * const seen = keyValue('seen', { key: string, value: double, ttl: '1d' })
 * const due = keyValue('due', { key: tuple(int64, string), value: string, ordered: true })
 */
export function keyValue<K, V>(
  name: string,
  options: KeyValueOptions<K, V> & { readonly ordered: true },
): ReadableSpec<OrderedKeyValueStore<K, V>, K, V>;
export function keyValue<K, V>(name: string, options: KeyValueOptions<K, V>): ReadableSpec<KeyValueStore<K, V>, K, V>;
export function keyValue<K, V>(name: string, options: KeyValueOptions<K, V>): ReadableSpec<KeyValueStore<K, V>, K, V> {
  checkOptions('keyValue', options, checks);
  const { key, sourceTopic, ttl, value } = options;
  if (ttl !== undefined && sourceTopic !== undefined) throw sharedChangelog(name, sourceTopic);
  const lifetime = ttl === undefined ? undefined : lifetimeOf(ttl, `store "${name}"`);
  return {
    name: checkName(name, 'a store'),
    changelog: options.changelog ?? compacted,
    sourceTopic,
    key,
    value,
    kind: 'key-value',
    named: options.named ?? true,
    disposable: options.disposable === true,
    ttl: lifetime,
    reader: { ...rowReader(key, value), plainKeys: true },
    open: (access) => {
      const ends = lifetime && new RowEnds(lifetime.after, key, access);
      const opened = openKeyed(name, options, access, ends);
      return ends === undefined ? opened : withEnds(opened, ends);
    },
  };
}

const sharedChangelog = (store: string, topic: string): ConfigError =>
  new ConfigError(
    `store "${store}" has a ttl and topic "${topic}" as its changelog, which would not hold the deletes: leave one out`,
  );

const openKeyed = <K, V>(
  store: string,
  { key, ordered, value }: KeyValueOptions<K, V>,
  access: StoreAccess,
  ends: RowEnds<K> | undefined,
): OpenedStore<KeyValueStore<K, V>> => {
  const values = storedRows(store, value, access);
  const written: RowFormat<K, V>['written'] = ends && ((...write) => ends.written(...write));
  const rows = openRows({ store, id: keyIds(key, access.topic), encodeKey: key.encode, values, written }, access);
  return ordered === true ? openOrdered(key, rows, access) : { handle: new KeyValueRows(rows), rows };
};

/** Returns a store with the ends of its rows. */
const withEnds = <K, V>(
  { handle, rows }: OpenedStore<KeyValueStore<K, V>>,
  ends: RowEnds<K>,
): OpenedStore<KeyValueStore<K, V>> => ({
  handle,
  rows: {
    get changed() {
      return rows.changed ?? 0;
    },
    flush: (write) => rows.flush(write),
    markCommitted: () => rows.markCommitted(),
    uncommitted: () => rows.uncommitted?.() ?? [],
    read: (key) => rows.read?.(key),
    load: async (stored) => {
      const passed = ends.load(stored);
      if (rows.load !== undefined) return rows.load(passed);
      for await (const _ of passed);
    },
    expiries: {
      get earliest() {
        return ends.earliest;
      },
      next: (after) => ends.next(after),
      row: (key) => handle.row(key as K),
      remove: (key, at) => handle.delete(key as K, at),
    },
  },
});

/** The handle of a key-value store. */
export class KeyValueRows<K, V> implements KeyValueStore<K, V> {
  readonly #rows: Rows<K, V>;

  constructor(rows: Rows<K, V>) {
    this.#rows = rows;
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
  }

  delete(key: K, timestamp: number): void {
    this.#rows.put(key, undefined, timestamp);
  }
}
