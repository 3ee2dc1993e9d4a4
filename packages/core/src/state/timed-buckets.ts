import type { Bytes } from '../graph/bytes.js';
import type { StoredRow } from './stored-rows.js';

/** A row in memory. It is clean unless it is `dirty` (changed since the last flush) or `flushed` (not committed yet). */
export interface LiveRow<K, V> {
  readonly bucket: Bucket<K, V>;
  readonly id: unknown;
  readonly key: K;
  /** The encoded key; undefined for one that is encoded later, since its serde can encode it and it cannot change. */
  readonly encoded: Bytes | undefined;
  readonly part: number;
  /** Undefined for a deleted row, and for one that does not exist. */
  row: StoredRow<V> | undefined;
  /** The timestamp of the last write, also of a delete. */
  timestamp: number;
  dirty: boolean;
  flushed: boolean;
  /** The generation in which the clean row was used last. */
  generation: number;
}

/** The rows of one time. */
export interface Bucket<K, V> {
  readonly time: number;
  /** A row of each key. */
  readonly rows: Map<unknown, LiveRow<K, V>>;
  /** The other rows of keys that have several, by part. */
  readonly others: Map<unknown, Map<number, LiveRow<K, V>>>;
  /** The rows that changed since the last flush. */
  dirty: LiveRow<K, V>[];
  /** True when every row of this time is here, so that the backend has none of another key. */
  complete: boolean;
  /** True when a row of this time was flushed. */
  written: boolean;
}

/** Rows in memory by time, then by key, then by part. */
export class TimedBuckets<K, V> {
  readonly #buckets = new Map<number, Bucket<K, V>>();
  /** The bucket and the row that were used last, since a record uses the same row several times. */
  #bucket: Bucket<K, V> | undefined;
  #last: LiveRow<K, V> | undefined;
  /** The key that was looked for last without a row, and its bucket: a new row is looked for several times. */
  #absent: unknown;
  #absentIn: Bucket<K, V> | undefined;

  /** Returns the entry of a place, or `undefined`. */
  get(id: unknown, time: number, part: number): LiveRow<K, V> | undefined {
    const last = this.#last;
    if (last !== undefined && last.id === id && last.part === part && last.bucket.time === time) return last;
    const bucket = this.#bucketAt(time);
    if (bucket === undefined || (bucket === this.#absentIn && id === this.#absent)) return undefined;
    let live = bucket.rows.get(id);
    if (live === undefined) {
      this.#absent = id;
      this.#absentIn = bucket;
      return undefined;
    }
    if (live.part !== part) live = bucket.others.get(id)?.get(part);
    if (live !== undefined) this.#last = live;
    return live;
  }

  /** True when all rows of a time are here. */
  isComplete(time: number): boolean {
    return this.#bucketAt(time)?.complete === true;
  }

  /** Adds an entry without a row. `farthest` is the latest time of all rows before. */
  add(id: unknown, time: number, part: number, key: K, encoded: Bytes | undefined, farthest: number): LiveRow<K, V> {
    let bucket = this.#bucketAt(time);
    if (bucket === undefined) {
      bucket = { time, rows: new Map(), others: new Map(), dirty: [], complete: time > farthest, written: false };
      this.#buckets.set(time, bucket);
      this.#bucket = bucket;
    }
    const live: LiveRow<K, V> = {
      bucket,
      id,
      key,
      encoded,
      part,
      row: undefined,
      timestamp: 0,
      dirty: false,
      flushed: false,
      generation: -1,
    };
    const isFirst = (bucket === this.#absentIn && id === this.#absent) || !bucket.rows.has(id);
    const others = isFirst ? undefined : bucket.others.get(id);
    if (isFirst) bucket.rows.set(id, live);
    else if (others === undefined) bucket.others.set(id, new Map([[part, live]]));
    else others.set(part, live);
    this.#absentIn = undefined;
    this.#last = live;
    return live;
  }

  /** Removes an entry, if it is here. */
  remove(live: LiveRow<K, V>): void {
    const { bucket, id, part } = live;
    const { others, rows, time } = bucket;
    const parts = others.get(id);
    if (rows.get(id) === live) {
      const [next] = parts?.values() ?? [];
      if (next === undefined) rows.delete(id);
      else {
        rows.set(id, next);
        parts?.delete(next.part);
      }
    } else if (parts?.get(part) === live) parts.delete(part);
    if (parts?.size === 0) others.delete(id);
    if (this.#last === live) this.#last = undefined;
    if (rows.size > 0 || this.#buckets.get(time) !== bucket) return;
    this.#buckets.delete(time);
    if (this.#bucket === bucket) this.#bucket = undefined;
  }

  /** Returns all times with their rows. */
  all(): Iterable<Bucket<K, V>> {
    return this.#buckets.values();
  }

  /** Removes a time with all its rows. */
  drop(bucket: Bucket<K, V>): void {
    this.#buckets.delete(bucket.time);
    bucket.rows.clear();
    bucket.others.clear();
    this.#bucket = undefined;
    this.#last = undefined;
    this.#absentIn = undefined;
  }

  #bucketAt(time: number): Bucket<K, V> | undefined {
    if (this.#bucket?.time === time) return this.#bucket;
    const bucket = this.#buckets.get(time);
    if (bucket !== undefined) this.#bucket = bucket;
    return bucket;
  }
}
