import type { Bytes } from '../graph/bytes.js';
import { checkOptions } from '../graph/check-options.js';
import { type OptionChecks, option } from '../graph/option.js';
import { rowValue } from '../graph/row-bytes.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import type { FlushRow, ReadableSpec, Row, StoreAccess, StoreRows } from '../graph/store.js';
import type { StoreReader } from '../graph/store-reader.js';
import { checkName } from '../graph/topic.js';
import { ExpiryIndex } from './expiry-index.js';
import { keyIds } from './key-ids.js';
import { OlderVersions } from './older-versions.js';
import { Rows } from './rows.js';
import { internalRows, type StoredRow, type StoredRows, storedRows } from './stored-rows.js';
import { decodeHead, decodeHeadKey, encodeHead, encodeHeadKey, type Head, maxHeadSize } from './versions.js';

/** The result of a put: it is the newest version, an older one, or was dropped because it is older than the history. */
export type PutVersion = 'latest' | 'older' | 'expired';

/**
 * A store of values by key, with their past values within the history. Each put is a version, valid from its timestamp to
 * that of the next one.
 *
 * The newest version of a key is one row. Older versions share a row per segment of time in which they end, so that a lookup
 * is at most three point reads. Each put also clears a few rows of expired segments.
 */
export interface VersionedStore<K, V> {
  /** Returns the newest value of a key, or `undefined`. */
  get(key: K): V | undefined;
  /** Returns the newest value of a key with its timestamp, or `undefined`. */
  row(key: K): Row<V> | undefined;
  /**
   * Returns the value of a key at an instant, in ms. `undefined` when there was none, or when the instant is before both
   * the history and the newest version.
   */
  asOf(key: K, timestamp: number): Row<V> | undefined;
  /**
   * Adds a version; `undefined` deletes. A version older than the history is dropped. `counted` is the timestamp that
   * advances the store's time; it is lower for a record that arrives out of turn, see `Context.clock`.
   */
  put(key: K, value: V | undefined, timestamp: number, counted?: number): PutVersion;
  /** Advances the store's time to a timestamp. */
  observe(counted: number): void;
}

/** Options of a versioned store. */
export interface VersionedOptions<K, V> {
  readonly key: Serde<K>;
  readonly value: Serde<V>;
  /** The time that versions are kept behind the newest one, in ms. */
  readonly history: number;
  /** The source topic that serves as the changelog. */
  readonly sourceTopic?: string;
  /** True when the user chose the name; true by default. */
  readonly named?: boolean;
}

const checks: OptionChecks<VersionedOptions<unknown, unknown>> = {
  key: option.required(option.serde),
  value: option.required(option.serde),
  history: option.required(option.whole(0)),
  sourceTopic: option.text,
  named: option.flag,
};

const dayLength = 86_400_000;

/**
 * Creates the spec of a versioned store. As in Kafka Streams, its changelog keeps all records for the history and one day.
 *
 * @throws ConfigError when the name is invalid.
 *
 * @example
 * const prices = versioned('prices', { key: string, value: double, history: toMilliseconds('1d', 'the history') })
 */
export const versioned = <K, V>(
  name: string,
  options: VersionedOptions<K, V>,
): ReadableSpec<VersionedStore<K, V>, K, V> => {
  checkOptions('versioned', options, checks);
  return {
    name: checkName(name, 'a store'),
    changelog: { cleanup: 'compact', compactionLag: options.history + dayLength },
    sourceTopic: options.sourceTopic,
    key: options.key,
    value: options.value,
    kind: 'versioned',
    named: options.named ?? true,
    reader: newestReader(options),
    open: (access) => {
      const store = new VersionedRows(name, options, access);
      return { handle: store, rows: store };
    },
  };
};

/** Returns the reader of the newest versions. */
const newestReader = <K, V>({ key, value }: VersionedOptions<K, V>): StoreReader<K, V> => {
  const { encodePrefix } = key;
  return {
    encodeKey: (one, at) => encodeHeadKey(key.encode(one, at)),
    decodeKey: (rowKey, at) => {
      const bytes = decodeHeadKey(rowKey);
      return bytes && key.decode(bytes, at);
    },
    partitionKey: key.encode,
    rowName: decodeHeadKey,
    ...(encodePrefix && { prefix: (prefix, at) => encodeHeadKey(encodePrefix(prefix, at)) }),
    decodeRow: (row, at) =>
      decodeHead(rowValue(row), (bytes, timestamp) => ({ value: value.decode(bytes, at), timestamp })).row,
  };
};

class VersionedRows<K, V> implements VersionedStore<K, V>, StoreRows {
  readonly #options: VersionedOptions<K, V>;
  readonly #at: Coordinates;
  readonly #rows: StoredRows<V>;
  readonly #heads: Rows<K, Head<StoredRow<V>>>;
  readonly #older: OlderVersions<K, V>;
  readonly #expiries: ExpiryIndex;

  constructor(store: string, options: VersionedOptions<K, V>, access: StoreAccess) {
    const { key, value } = options;
    this.#options = options;
    this.#at = { topic: access.topic, headers: [] };
    this.#expiries = new ExpiryIndex(store, access);
    const rows = storedRows(store, value, access);
    this.#rows = rows;
    this.#older = new OlderVersions(store, { ...options, rows }, access);
    this.#heads = new Rows<K, Head<StoredRow<V>>>(
      {
        store,
        id: keyIds(key, access.topic),
        encodeKey: (one, at) => encodeHeadKey(key.encode(one, at)),
        values: internalRows({
          encode: (head) => encodeHead(head, rows),
          decode: (bytes) => decodeHead(bytes, rows.load),
          maxSize: (head) => maxHeadSize(head, rows),
        }),
      },
      access,
    );
  }

  get(key: K): V | undefined {
    return this.row(key)?.value;
  }

  row(key: K): Row<V> | undefined {
    return this.#read(this.#heads.get(key)?.value.row);
  }

  asOf(key: K, timestamp: number): Row<V> | undefined {
    const head = this.#heads.get(key)?.value;
    if (head === undefined || head.from <= timestamp) return this.#read(head?.row);
    if (timestamp < this.#horizon) return undefined;
    const version = this.#older.find(key, head.segments, timestamp)?.version;
    return version !== undefined && version.from <= timestamp ? this.#read(version.row) : undefined;
  }

  observe(counted: number): void {
    this.#expiries.observe(counted);
  }

  put(key: K, value: V | undefined, timestamp: number, counted = timestamp): PutVersion {
    this.#expiries.observe(counted);
    if (timestamp < this.#horizon) return 'expired';
    const row = value === undefined ? undefined : this.#rows.store(value, timestamp);
    this.#clear();
    const head = this.#heads.get(key)?.value;
    const segments = head?.segments.filter((segment) => !this.#hasExpired(segment)) ?? [];
    if (head === undefined) this.#setHead(key, row, timestamp, segments, segments);
    else if (timestamp > head.from) {
      const replaced = { from: head.from, to: timestamp, row: head.row };
      this.#setHead(key, row, timestamp, this.#older.insert(key, replaced, segments), segments);
    } else if (timestamp < head.from) this.#putOlder(key, { ...head, segments }, row, timestamp);
    else if (row === undefined && head.row !== undefined) this.#deleteHead(key, { ...head, segments });
    else this.#setHead(key, row, timestamp, segments, segments);
    return head === undefined || timestamp >= head.from ? 'latest' : 'older';
  }

  restoreRecord(key: Bytes, value: Bytes | null, timestamp: number): void {
    const { key: keys, value: values } = this.#options;
    const decoded = value === null ? undefined : values.decode(value, this.#at);
    this.put(keys.decode(key, this.#at), decoded, timestamp);
  }

  get changed(): number {
    return this.#heads.changed + this.#older.changed + this.#expiries.changed;
  }

  flush(write: FlushRow): void {
    this.#heads.flush(write);
    this.#older.flush(write);
    this.#expiries.flush(write);
  }

  markCommitted(): void {
    this.#heads.markCommitted();
    this.#older.markCommitted();
    this.#expiries.markCommitted();
  }

  *uncommitted(): Generator<readonly [key: Bytes, read: (() => Row<V>) | undefined], void, undefined> {
    for (const [key, head] of this.#heads.uncommitted()) {
      const row = head?.().value.row;
      yield [key, row && (() => this.#rows.read(row))];
    }
  }

  read(key: K): Row<V> | undefined {
    return this.row(key);
  }

  #read(row: StoredRow<V> | undefined): Row<V> | undefined {
    return row && this.#rows.read(row);
  }

  /** The start of the history, in ms. */
  get #horizon(): number {
    return this.#expiries.observed - this.#options.history;
  }

  /** True when all versions that end in a segment are older than the history. */
  #hasExpired(segment: number): boolean {
    return this.#older.endOf(segment) <= this.#horizon;
  }

  /** Sets the newest version of a key, and indexes the segments to clear after the history. */
  #setHead(
    key: K,
    row: StoredRow<V> | undefined,
    from: number,
    segments: readonly number[],
    indexed: readonly number[],
  ): void {
    const ends = row === undefined ? [...segments, this.#older.segmentOf(from)] : segments;
    for (const segment of new Set(ends)) {
      if (!indexed.includes(segment)) this.#expiries.add(segment, this.#options.key.encode(key, this.#at));
    }
    this.#heads.put(key, { from, row, segments }, from);
  }

  #putOlder(key: K, head: Head<StoredRow<V>>, row: StoredRow<V> | undefined, from: number): void {
    const { segments } = head;
    const found = this.#older.find(key, segments, from);
    const after =
      found === undefined || found.version.from > from
        ? this.#older.insert(key, { from, to: found?.version.from ?? head.from, row }, segments)
        : this.#older.split(key, found, from, row, segments);
    this.#setHead(key, head.row, head.from, after, segments);
  }

  /**
   * Deletes the newest value at the instant of its put. As in Kafka Streams the put is undone, unless an older value ended at
   * that instant: then the key is deleted from there on.
   */
  #deleteHead(key: K, { from, segments }: Head<StoredRow<V>>): void {
    const last = this.#older.endingAt(key, from, segments);
    if (last === undefined) this.#heads.put(key, undefined, from);
    else if (last.row !== undefined) this.#setHead(key, undefined, from, segments, segments);
    else {
      this.#older.removeLast(key, from);
      this.#setHead(key, undefined, last.from, segments, segments);
    }
  }

  /** Clears expired rows: more of them than a put adds, so that all are cleared in time. */
  #clear(): void {
    for (const [segment, bytes] of this.#expiries.take(4, (one) => this.#hasExpired(one))) {
      const key = this.#options.key.decode(bytes, this.#at);
      this.#older.clear(key, segment);
      const head = this.#heads.get(key)?.value;
      if (head?.row === undefined && head !== undefined && head.from < this.#horizon) {
        this.#heads.put(key, undefined, head.from);
      }
    }
  }
}
