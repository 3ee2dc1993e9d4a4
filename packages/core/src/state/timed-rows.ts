import type { Bytes } from '../graph/bytes.js';
import { invalidTimestamp } from '../graph/invalid-timestamp.js';
import { rowTooLarge } from '../graph/record-size.js';
import { rowTimestamp, rowValue } from '../graph/row-bytes.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import type { FlushRow, Row, RowEvent, StoreAccess } from '../graph/store.js';
import { CleanRows } from './clean-rows.js';
import { keyIds } from './key-ids.js';
import type { StoredRow, StoredRows } from './stored-rows.js';
import { type LiveRow, TimedBuckets } from './timed-buckets.js';

/** The format of rows that belong to a time, such as windows. */
export interface TimedFormat<K, V> {
  /** The store's name, for errors. */
  readonly store: string;
  readonly key: Serde<K>;
  /** Returns the row key of a place, with the time first. */
  readonly encodeKey: (time: number, part: number, key: Bytes) => Bytes;
  /** Returns a place in the form of the store's public methods, for observers. Rows without one are not observed. */
  readonly shownKey?: (key: K, time: number, part: number) => unknown;
  readonly values: StoredRows<V>;
}

/** A number of bytes that time and part never exceed in a row key. */
const placeSize = 32;

/**
 * A bounded cache of rows that belong to a time, over the bytes of a backend: by time, then by key, then by part. Rows of
 * one key and time differ by the part, such as windows of several lengths.
 *
 * Nothing is read for a time that is later than all times before, while its rows are in memory. A row that expires before it
 * is flushed is never written.
 *
 * Dirty rows stay until they are committed; too many of them request a commit. Clean rows are kept in two generations of
 * half the limit each: the older one is evicted when the younger is full.
 */
export class TimedRows<K, V> {
  readonly #format: TimedFormat<K, V>;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #idOf: (key: unknown) => unknown;
  readonly #observe: ((event: RowEvent & { readonly key: readonly [K, number, number] }) => void) | undefined;
  /** Returns a key as its serde decodes it, or throws if it cannot be encoded; undefined for keys that can change. */
  readonly #plainKey: ((key: K) => K) | undefined;
  readonly #clean: CleanRows<LiveRow<K, V>>;
  readonly #maxSize: number;
  readonly #buckets = new TimedBuckets<K, V>();
  /** The number of dirty rows. */
  #dirty = 0;
  #flushed: LiveRow<K, V>[] = [];

  constructor(format: TimedFormat<K, V>, access: StoreAccess) {
    const { primitive, roundTrip } = format.key;
    this.#format = format;
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
    this.#idOf = keyIds(format.key, access.topic);
    this.#plainKey = primitive === true && roundTrip !== undefined ? (key) => roundTrip(key, this.#at) : undefined;
    const { observeRow } = access;
    const { shownKey } = format;
    this.#observe = observeRow && shownKey && ((event) => observeRow({ ...event, key: shownKey(...event.key) }));
    this.#maxSize = access.maxRowSize ?? Number.POSITIVE_INFINITY;
    this.#clean = new CleanRows(access.liveLimit, (live) => {
      live.bucket.complete = false;
      this.#buckets.remove(live);
    });
  }

  /**
   * Returns a row, or `undefined`. The value is shared and must not be changed. `farthest` is the latest time of all rows that
   * were ever written.
   */
  get(key: K, time: number, part: number, farthest: number): Row<V> | undefined {
    const row = this.read(key, time, part, farthest);
    this.#observe?.({ how: 'read', key: [key, time, part], before: row?.value, after: row?.value });
    return row;
  }

  /** As `get`, for readers outside the task. */
  read(key: K, time: number, part: number, farthest: number): Row<V> | undefined {
    const row = this.#find(key, time, part, farthest);
    return row && this.#format.values.read(row);
  }

  /** Returns the timestamp of a row, or `undefined`. Does not decode the value. */
  timestamp(key: K, time: number, part: number, farthest: number): number | undefined {
    return this.#find(key, time, part, farthest)?.timestamp;
  }

  /** Returns a value to be changed in place and put back: a copy, unless it cannot be changed. */
  getMutable(key: K, time: number, part: number, farthest: number): V | undefined {
    if (this.#observe !== undefined) this.get(key, time, part, farthest);
    const row = this.#find(key, time, part, farthest);
    return row && this.#format.values.copy(row);
  }

  /**
   * Sets a value, or deletes it with `undefined`. `farthest` is the latest time before this write.
   *
   * @throws StateError when the value cannot be encoded, and when key and value are too large for the changelog.
   */
  put(key: K, time: number, part: number, value: V | undefined, timestamp: number, farthest: number): void {
    const { store, values } = this.#format;
    if (!Number.isSafeInteger(timestamp)) {
      throw invalidTimestamp(`the timestamp of a row of store "${store}"`, timestamp);
    }
    const before = this.#observe && this.read(key, time, part, farthest)?.value;
    const row = value === undefined ? undefined : values.store(value, timestamp);
    const live = this.#place(key, time, part, farthest);
    if (this.#maxSize !== Number.POSITIVE_INFINITY) this.#checkSize(live, row);
    this.#write(live, row, timestamp);
    const after = this.#observe && row && values.read(row).value;
    this.#observe?.({ how: 'write', key: [key, time, part], before, after });
  }

  /** The number of rows that the next flush writes. */
  get changed(): number {
    return this.#dirty;
  }

  /** Writes the dirty rows, encoded. Rows of times before `expired` are not written. */
  flush(write: FlushRow, expired: number): void {
    const { values } = this.#format;
    for (const { dirty, time } of this.#buckets.all()) {
      if (time < expired) continue;
      for (const live of dirty) write(this.#rowKey(live), live.row && values.encode(live.row), live.timestamp);
    }
    for (const bucket of this.#buckets.all()) {
      for (const live of bucket.dirty) {
        live.dirty = false;
        if (bucket.time < expired || live.flushed) continue;
        live.flushed = true;
        this.#flushed.push(live);
        bucket.written = true;
      }
      bucket.dirty = [];
    }
    this.#dirty = 0;
  }

  /** Marks the flushed rows as clean, and removes those of times before `expired`. */
  markCommitted(expired: number): void {
    for (const live of this.#flushed) {
      live.flushed = false;
      if (!live.dirty && live.bucket.time >= expired) this.#keep(live);
    }
    this.#flushed = [];
    for (const bucket of this.#buckets.all()) {
      if (bucket.time < expired && bucket.dirty.length === 0) this.#buckets.drop(bucket);
    }
  }

  /**
   * Drops the rows of times before `expired`, so that they take no memory until the next commit, once the current record is
   * kept. Changed rows of a time that was flushed stay until the next flush, and all rows during a commit.
   */
  drop(expired: number): void {
    this.#access.journal.whenKept(() => this.#drop(expired));
  }

  /** Returns the uncommitted rows by their row keys; `undefined` for a deleted one. */
  uncommitted(): readonly (readonly [key: Bytes, read: (() => Row<V>) | undefined])[] {
    const { read } = this.#format.values;
    const dirty = [...this.#buckets.all()].flatMap((bucket) => bucket.dirty);
    return [...this.#flushed.filter(({ dirty }) => !dirty), ...dirty].map((live) => {
      const { row } = live;
      return [this.#rowKey(live), row && (() => read(row))];
    });
  }

  #drop(expired: number): void {
    if (this.#flushed.length > 0) return;
    for (const bucket of this.#buckets.all()) {
      // Times begin nearly in their order; what is behind a later one stays until the commit.
      if (bucket.time >= expired) return;
      const { complete, dirty, written } = bucket;
      if (dirty.length > 0 && (written || !complete)) continue;
      this.#dirty -= dirty.length;
      this.#buckets.drop(bucket);
    }
  }

  #find(key: K, time: number, part: number, farthest: number): StoredRow<V> | undefined {
    const id = this.#idOf(key);
    const known = this.#buckets.get(id, time, part);
    if (known !== undefined) {
      if (this.#clean.isOld(known)) this.#keep(known);
      return known.row;
    }
    if (time > farthest || this.#buckets.isComplete(time)) return undefined;
    const live = this.#add(key, id, time, part, farthest);
    try {
      const bytes = this.#access.get(this.#rowKey(live));
      if (bytes !== undefined) {
        live.row = this.#format.values.load(rowValue(bytes), rowTimestamp(bytes));
        live.timestamp = live.row.timestamp;
      }
    } catch (thrown) {
      this.#buckets.remove(live);
      throw thrown;
    }
    this.#keep(live);
    return live.row;
  }

  /** Returns the entry to write to. A new one is removed again if the record is undone. */
  #place(key: K, time: number, part: number, farthest: number): LiveRow<K, V> {
    const id = this.#idOf(key);
    const known = this.#buckets.get(id, time, part);
    if (known !== undefined) return known;
    const live = this.#add(key, id, time, part, farthest);
    this.#access.journal.undo?.(() => this.#buckets.remove(live));
    return live;
  }

  #checkSize(live: LiveRow<K, V>, row: StoredRow<V> | undefined): void {
    const { key, store, values } = this.#format;
    const keySize = live.encoded?.length ?? key.maxSize?.(live.key) ?? Number.POSITIVE_INFINITY;
    if (placeSize + keySize + (row === undefined ? 0 : values.maxSize(row)) <= this.#maxSize) return;
    const size = this.#rowKey(live).length + (row === undefined ? 0 : values.encode(row).length);
    if (size > this.#maxSize) throw rowTooLarge(store, size, this.#maxSize);
  }

  #write(live: LiveRow<K, V>, row: StoredRow<V> | undefined, timestamp: number): void {
    const { bucket, dirty } = live;
    const { undo } = this.#access.journal;
    if (undo !== undefined) {
      const { row: rowBefore, timestamp: timestampBefore } = live;
      undo(() => {
        live.row = rowBefore;
        live.timestamp = timestampBefore;
        live.dirty = dirty;
        if (dirty) return;
        bucket.dirty.pop();
        this.#dirty--;
      });
    }
    live.row = row;
    live.timestamp = timestamp;
    if (dirty) return;
    live.dirty = true;
    bucket.dirty.push(live);
    if (++this.#dirty > this.#access.liveLimit) this.#access.requestCommit();
  }

  /** Adds an entry without a row. */
  #add(key: K, id: unknown, time: number, part: number, farthest: number): LiveRow<K, V> {
    return this.#plainKey === undefined
      ? this.#buckets.add(id, time, part, key, this.#format.key.encode(key, this.#at), farthest)
      : this.#buckets.add(id, time, part, this.#plainKey(key), undefined, farthest);
  }

  /** Adds a clean row to the younger generation. */
  #keep(live: LiveRow<K, V>): void {
    if (live.row === undefined && live.bucket.complete) {
      this.#buckets.remove(live);
      return;
    }
    this.#clean.keep(live);
  }

  #rowKey({ bucket, encoded, key, part }: LiveRow<K, V>): Bytes {
    const { encodeKey, key: serde } = this.#format;
    return encodeKey(bucket.time, part, encoded ?? serde.encode(key, this.#at));
  }
}
