import { type Bytes, bytesToId, idToBytes } from '../graph/bytes.js';
import type { EndingRow } from '../graph/expiries.js';
import { retryPending } from '../graph/pending.js';
import { rowTimestamp } from '../graph/row-bytes.js';
import type { Coordinates, Serde } from '../graph/serde.js';
import type { StoreAccess } from '../graph/store.js';
import { encodeTimestamp } from '../graph/timestamp-bytes.js';
import { keyIds } from './key-ids.js';
import { OrderedMap } from './ordered-map.js';

/** The end of a row. */
interface RowEnd {
  /** The encoded key. */
  readonly key: string;
  at: number;
  /** The instant under which it is queued: `at`, or earlier if updates have moved the end since. */
  queued: number;
}

/**
 * The ends of a store's rows in order, kept in memory and computed from the rows' timestamps. A new row costs O(log n). An
 * update that moves an end further is one lookup: the row is queued again when its earlier end comes up.
 */
export class RowEnds<K> {
  readonly #after: number;
  readonly #serde: Serde<K>;
  readonly #idOf: (key: K) => unknown;
  readonly #access: StoreAccess;
  readonly #at: Coordinates;
  readonly #ends = new Map<unknown, RowEnd>();
  readonly #queue = new OrderedMap<RowEnd>();
  /** The instant under which the first row is queued; undefined when it must be looked up. */
  #earliest: number | undefined = Number.POSITIVE_INFINITY;

  /** `after` is in ms. */
  constructor(after: number, key: Serde<K>, access: StoreAccess) {
    this.#after = after;
    this.#serde = key;
    this.#idOf = keyIds(key, access.topic);
    this.#access = access;
    this.#at = { topic: access.topic, headers: [] };
  }

  /** An instant before which no row ends; `Infinity` without rows. */
  get earliest(): number {
    this.#earliest ??= this.#first('')?.queued ?? Number.POSITIVE_INFINITY;
    return this.#earliest;
  }

  /** Returns the first row to end after a position. */
  next(after: string): EndingRow<K> | undefined {
    for (let first = this.#first(after); first !== undefined; first = this.#first(after)) {
      if (first.queued < first.at) this.#requeue(first);
      else return new Ending(first, (bytes) => this.#serde.decode(bytes, this.#at));
    }
    return undefined;
  }

  /** Follows a write of a row; `timestamp` is undefined for a delete. */
  written(id: unknown, key: Bytes, timestamp: number | undefined): void {
    const end = this.#ends.get(id);
    if (end === undefined && timestamp === undefined) return;
    const text = end?.key ?? bytesToId(key);
    const before = end?.at;
    this.#access.journal.undo?.(() => this.#set(id, text, before));
    this.#set(id, text, timestamp === undefined ? undefined : this.#endOf(timestamp));
  }

  /** Loads the ends of stored rows, which it passes on. */
  async *load(
    rows: AsyncIterable<readonly [key: Bytes, row: Bytes]>,
  ): AsyncIterable<readonly [key: Bytes, row: Bytes]> {
    for await (const stored of rows) {
      const [key, row] = stored;
      const id = await retryPending(() => this.#idOf(this.#serde.decode(key, this.#at)));
      this.#set(id, bytesToId(key), this.#endOf(rowTimestamp(row)));
      yield stored;
    }
  }

  #endOf(timestamp: number): number {
    return Math.min(timestamp + this.#after, Number.MAX_SAFE_INTEGER);
  }

  #set(id: unknown, key: string, at: number | undefined): void {
    const end = this.#ends.get(id);
    if (at === undefined) {
      if (end === undefined) return;
      this.#ends.delete(id);
      this.#unqueue(end);
    } else if (end === undefined) {
      const added = { key, at, queued: at };
      this.#ends.set(id, added);
      this.#enqueue(added);
    } else {
      end.at = at;
      if (at < end.queued) this.#requeue(end);
    }
  }

  #requeue(end: RowEnd): void {
    this.#unqueue(end);
    end.queued = end.at;
    this.#enqueue(end);
  }

  #enqueue(end: RowEnd): void {
    this.#queue.set(positionOf(end), end);
    if (this.#earliest !== undefined && end.queued < this.#earliest) this.#earliest = end.queued;
  }

  #unqueue(end: RowEnd): void {
    this.#queue.delete(positionOf(end));
    if (end.queued === this.#earliest) this.#earliest = undefined;
  }

  #first(after: string): RowEnd | undefined {
    for (const [position, end] of this.#queue.walk(after)) if (position !== after) return end;
    return undefined;
  }
}

/** A row that decodes its key when it is read. */
class Ending<K> implements EndingRow<K> {
  readonly position: string;
  readonly at: number;
  readonly #end: RowEnd;
  readonly #decode: (key: Bytes) => K;

  constructor(end: RowEnd, decode: (key: Bytes) => K) {
    this.position = positionOf(end);
    this.at = end.at;
    this.#end = end;
    this.#decode = decode;
  }

  get key(): K {
    return this.#decode(idToBytes(this.#end.key));
  }
}

/** Returns the position of a row in the order of instants, then of the keys' bytes. */
const positionOf = ({ key, queued }: RowEnd): string => bytesToId(encodeTimestamp(queued)) + key;
