/**
 * The format of records in the log. Consecutive records of a partition share one row, which makes writes and reads
 * cheap. A row belongs to one transaction or to none. An empty row only occupies its offset.
 *
 * Head: transaction (4 bytes), first offset (8), offset after the row before (8), records (4), greatest timestamp (8),
 * horizon (8).
 * Record: offset after the first (4), timestamp (8), headers (4), key, value, then name and value of each header;
 * lengths are 4 bytes, -1 for null.
 */
import {
  type Bytes,
  checkedBytes,
  fromUtf8,
  noHeaders,
  type Outgoing,
  type Received,
  type TopicPartition,
  TransportError,
  toUtf8,
} from '@kstreams/core/graph';
import { damagedRow } from './layout.js';

/** A row of a partition: a batch of records, under the offset of the last one. */
export interface BatchRow {
  readonly last: number;
  readonly bytes: Bytes;
}

/** A record without its partition. */
export type BatchRecord = Omit<Outgoing, 'topic' | 'partition'>;

const headLength = 40;
/** Size of a record without key, value and headers, in bytes. */
const shortestRecord = 24;

/** The head of a row. */
export interface BatchHead {
  /** Number of the transaction; 0 without one. */
  readonly transaction: number;
  readonly first: number;
  /** Offset after the row before; less than `first` where compaction has removed rows. */
  readonly from: number;
  readonly count: number;
  /** The greatest timestamp; `-Infinity` without records. */
  readonly youngest: number;
  /** Wall-clock time, in ms, after which compaction drops its tombstones; 0 before the first compaction. */
  readonly horizon: number;
}

/** Returns the head of a row; throws a `TransportError` for a damaged one. */
export const readHead = (row: Bytes): BatchHead => {
  if (row.length < headLength) throw damagedRow();
  const view = new DataView(row.buffer, row.byteOffset, headLength);
  const head = {
    transaction: view.getUint32(0),
    first: view.getFloat64(4),
    from: view.getFloat64(12),
    count: view.getUint32(20),
    youngest: view.getFloat64(24),
    horizon: view.getFloat64(32),
  };
  const fits = head.count * shortestRecord <= row.length - headLength;
  const ordered = Number.isSafeInteger(head.first) && head.from >= 0 && head.from <= head.first;
  if (!fits || !ordered || Number.isNaN(head.youngest)) throw damagedRow();
  return head;
};

/**
 * Returns the records of a row with `offset >= from`; throws a `TransportError` for a damaged row. Keys and values are
 * copies, so that one kept record does not keep its whole row in memory.
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
    if (length < 0 || length > row.length - at) throw damagedRow({ topic, partition });
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
      const headers: [string, Bytes | null][] = [];
      for (let h = 0; h < names; h++) {
        const name = next(skipped);
        const content = next(skipped);
        if (name !== null) headers.push([fromUtf8(name), content]);
      }
      if (skipped) continue;
      records.push({ topic, partition, offset, timestamp, key, value, headers: names === 0 ? noHeaders : headers });
    }
  } catch (thrown) {
    throw thrown instanceof TransportError ? thrown : damagedRow({ topic, partition }, thrown);
  }
  if (at !== row.length) throw damagedRow({ topic, partition });
  return records;
};

/** Builds a row record by record; bytes are copied as they are added. */
export class BatchBuilder {
  readonly first: number;
  readonly transaction: number;
  readonly #from: number;
  count = 0;
  #youngest = Number.NEGATIVE_INFINITY;
  #bytes = new Uint8Array(512);
  #view = new DataView(this.#bytes.buffer);
  #at = headLength;

  /** `from` is the offset after the row before. */
  constructor(first: number, transaction: number, from = first) {
    this.first = first;
    this.transaction = transaction;
    this.#from = from;
  }

  /** The greatest timestamp so far; `-Infinity` without records. */
  get youngest(): number {
    return this.#youngest;
  }

  /** Size so far, in bytes. */
  get length(): number {
    return this.#at;
  }

  /** Adds a record; adds nothing when it throws. */
  add(offset: number, record: BatchRecord): void {
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

  /** Returns the row. */
  build(horizon = 0): Bytes {
    this.#view.setUint32(0, this.transaction);
    this.#view.setFloat64(4, this.first);
    this.#view.setFloat64(12, this.#from);
    this.#view.setUint32(20, this.count);
    this.#view.setFloat64(24, this.#youngest);
    this.#view.setFloat64(32, horizon);
    return this.#bytes.slice(0, this.#at);
  }

  #write(offset: number, { timestamp, key, value, headers }: BatchRecord): void {
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
    if (bytes !== null && !(bytes instanceof Uint8Array)) checkedBytes(bytes, 'the sender of a record');
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

/** Receives the acknowledgments of records it has appended. */
export interface Appender {
  /** Acknowledges `count` records of a partition, all of them before offset `end`. */
  acknowledge(partition: TopicPartition, end: number, count: number): void;
}

/** Maximum size of a batch, in bytes; a single larger record has a batch to itself. */
const batchBytes = 128 * 1_024;
/** Maximum number of records of a batch, so that reading one record decodes few others. */
const batchRecords = 2_000;

/** A batch that still takes records of one or several producers, and acknowledges them once it is written. */
export class ProducerBatch implements BatchRow {
  readonly #builder: BatchBuilder;
  readonly #shares: { readonly appender: Appender; count: number; end: number }[] = [];
  #bytes: Bytes | undefined;

  constructor(first: number, transaction: number) {
    this.#builder = new BatchBuilder(first, transaction);
  }

  get transaction(): number {
    return this.#builder.transaction;
  }

  get count(): number {
    return this.#builder.count;
  }

  /** The greatest timestamp. */
  get youngest(): number {
    return this.#builder.youngest;
  }

  get full(): boolean {
    return this.#builder.count >= batchRecords || this.#builder.length >= batchBytes;
  }

  get last(): number {
    return this.#builder.first + this.#builder.count - 1;
  }

  /** The finished row; nothing may be added afterwards. */
  get bytes(): Bytes {
    this.#bytes ??= this.#builder.build();
    return this.#bytes;
  }

  add(offset: number, record: BatchRecord, appender: Appender): void {
    this.#builder.add(offset, record);
    let share = this.#shares.at(-1);
    if (share?.appender !== appender) {
      share = { appender, count: 0, end: 0 };
      this.#shares.push(share);
    }
    share.count++;
    share.end = offset + 1;
  }

  /** Acknowledges the records of every producer. */
  acknowledge(partition: TopicPartition): void {
    for (const { appender, count, end } of this.#shares) appender.acknowledge(partition, end, count);
  }
}
