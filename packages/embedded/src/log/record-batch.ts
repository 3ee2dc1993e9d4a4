/**
 * How records lie in the log: consecutive ones of a partition in one row, so that many cost as few writes and reads as
 * one. A row belongs to one transaction or to none. An empty row only takes up its offset.
 *
 * Head: transaction (4 bytes), first offset (8), records (4), greatest timestamp (8), horizon (8).
 * Record: offset after the first (4), timestamp (8), headers (4), key, value, then name and value of each header;
 * lengths are 4 bytes, -1 for null.
 */
import {
  type Bytes,
  fromUtf8,
  noHeaders,
  type Outgoing,
  type Received,
  type TopicPartition,
  TransportError,
  toUtf8,
} from '@kstreams/core/graph';

const headLength = 32;
/** What a record takes at least, without bytes of its own. */
const shortestRecord = 24;

/** What a row says of itself. */
export interface BatchHead {
  /** The transaction that its records belong to; 0 without one. */
  readonly transaction: number;
  readonly first: number;
  readonly count: number;
  /** The greatest timestamp; `-Infinity` without records. */
  readonly youngest: number;
  /** From when on its tombstones may be dropped; 0 until compaction has come by. */
  readonly horizon: number;
}

/** Reads the head of a row; throws a TransportError for one that cannot be as it was written. */
export const readHead = (row: Bytes): BatchHead => {
  if (row.length < headLength) throw damaged();
  const view = new DataView(row.buffer, row.byteOffset, headLength);
  const head = {
    transaction: view.getUint32(0),
    first: view.getFloat64(4),
    count: view.getUint32(12),
    youngest: view.getFloat64(16),
    horizon: view.getFloat64(24),
  };
  const fits = head.count * shortestRecord <= row.length - headLength;
  if (!fits || !Number.isSafeInteger(head.first) || head.first < 0 || Number.isNaN(head.youngest)) throw damaged();
  return head;
};

/**
 * The records of a row from an offset on, with bytes of their own: who changes or keeps them touches no one else. Throws a
 * TransportError where the row cannot be as it was written.
 */
export const readRecords = (row: Bytes, { topic, partition }: TopicPartition, from = 0): Received[] => {
  const { first, count } = readHead(row);
  const view = new DataView(row.buffer, row.byteOffset, row.byteLength);
  const records: Received[] = [];
  let at = headLength;
  const next = (skipped: boolean): Bytes | null => {
    const length = view.getInt32(at);
    at += 4;
    if (length === -1) return null;
    if (length < 0 || length > row.length - at) throw damaged({ topic, partition });
    at += length;
    return skipped ? null : row.slice(at - length, at);
  };
  try {
    for (let i = 0; i < count; i++) {
      const offset = first + view.getUint32(at);
      const timestamp = view.getFloat64(at + 4);
      const names = view.getUint32(at + 12);
      at += 16;
      const skipped = offset < from;
      const key = next(skipped);
      const value = next(skipped);
      const headers: [string, Bytes][] = [];
      for (let h = 0; h < names; h++) {
        const name = next(skipped);
        const content = next(skipped);
        if (name !== null && content !== null) headers.push([fromUtf8(name), content]);
      }
      if (skipped) continue;
      records.push({ topic, partition, offset, timestamp, key, value, headers: names === 0 ? noHeaders : headers });
    }
  } catch (thrown) {
    throw thrown instanceof TransportError ? thrown : damaged({ topic, partition }, thrown);
  }
  if (at !== row.length) throw damaged({ topic, partition });
  return records;
};

const damaged = (place: Partial<TopicPartition> = {}, cause?: unknown): TransportError =>
  new TransportError('a row of the embedded log is damaged: remove its folder, or bring back a copy', place, cause);

/** Makes a row, record by record; each is copied as it is added. */
export class BatchBuilder {
  readonly first: number;
  readonly transaction: number;
  count = 0;
  #youngest = Number.NEGATIVE_INFINITY;
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #at = headLength;

  constructor(first: number, transaction: number) {
    this.first = first;
    this.transaction = transaction;
  }

  /** How many bytes it has so far. */
  get length(): number {
    return this.#at;
  }

  /** Adds a record, or nothing of it when it throws. */
  add(offset: number, record: Omit<Outgoing, 'topic' | 'partition'>): void {
    const before = this.#at;
    try {
      this.#write(offset, record);
    } catch (thrown) {
      this.#at = before;
      throw thrown;
    }
    this.count++;
    if (record.timestamp > this.#youngest) this.#youngest = record.timestamp;
  }

  /** The row. */
  build(horizon = 0): Bytes {
    this.#view.setUint32(0, this.transaction);
    this.#view.setFloat64(4, this.first);
    this.#view.setUint32(12, this.count);
    this.#view.setFloat64(16, this.#youngest);
    this.#view.setFloat64(24, horizon);
    return this.#bytes.slice(0, this.#at);
  }

  #write(offset: number, { timestamp, key, value, headers }: Omit<Outgoing, 'topic' | 'partition'>): void {
    this.#grow(16);
    this.#view.setUint32(this.#at, offset - this.first);
    this.#view.setFloat64(this.#at + 4, timestamp);
    this.#view.setUint32(this.#at + 12, headers.length);
    this.#at += 16;
    this.#sized(key);
    this.#sized(value);
    for (const [name, content] of headers) {
      this.#sized(toUtf8(name));
      this.#sized(content);
    }
  }

  #sized(bytes: Bytes | null): void {
    this.#grow(4 + (bytes?.length ?? 0));
    this.#view.setInt32(this.#at, bytes === null ? -1 : bytes.length);
    this.#at += 4;
    if (bytes === null) return;
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  #grow(by: number): void {
    if (this.#at + by <= this.#bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.#bytes.length, this.#at + by));
    grown.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = grown;
    this.#view = new DataView(grown.buffer);
  }
}
