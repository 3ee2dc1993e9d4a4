import {
  type Bytes,
  encodeTimestamp,
  type Isolation,
  type Outgoing,
  type Received,
  type TopicPartition,
} from '@kstreams/core';
import { type Database, type Put, plainBytes } from './database.js';
import { FillingBatch, type Sender } from './filling-batch.js';
import { fromJson, toJson } from './json.js';
import { offsetOfRow, openKey, type PartitionKey, rowKey, rowRange } from './keys.js';
import { BatchBuilder, readHead, readRecords } from './record-batch.js';
import { type Row, Tail, type Tails } from './tail.js';
import type { Transaction } from './transaction.js';
import type { Entry, Writer } from './writer.js';

/** What the partitions of a log share. */
export interface Shared {
  readonly database: Database;
  readonly writer: Writer;
  readonly tails: Tails;
}

/** Records as they were found, and where to read on: beyond the last of them where nothing readable lies between. */
export interface Found {
  readonly records: readonly Received[];
  readonly next: number;
}

/** Where an aborted transaction lies in a partition. */
interface Aborted {
  readonly first: number;
  readonly last: number;
}

interface AbortedRow {
  readonly transaction: number;
  readonly first: number;
}

/** A partition's own row. */
interface PartitionState {
  readonly start: number;
}

/** About how many bytes are read and decoded at once, and at most how many rows. */
const readLength = 256 * 1_024;
const readRows = 1_000;

/**
 * The records of one partition: all of them in the database, the newest in memory too. What can be read is in the
 * database already, so nothing that was read is ever lost.
 */
export class PartitionLog implements TopicPartition, PartitionKey {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  /** True once its topic is gone; what is still in line is then not written. */
  deleted = false;
  readonly #shared: Shared;
  readonly #open = new Map<number, number>();
  readonly #aborted = new Map<number, Aborted[]>();
  #tail: Tail;
  #filling: FillingBatch | undefined;
  #start = 0;
  #end = 0;
  #next = 0;

  private constructor({ id, topic, partition }: PartitionKey & TopicPartition, shared: Shared) {
    this.id = id;
    this.topic = topic;
    this.partition = partition;
    this.#shared = shared;
    this.#tail = new Tail(shared.tails, 0);
  }

  /** Opens a partition as the database has it. */
  static async open(which: PartitionKey & TopicPartition, shared: Shared): Promise<PartitionLog> {
    const { database } = shared;
    const log = new PartitionLog(which, shared);
    const state = await database.get(rowKey('state', which, 0));
    const [last] = await database
      .keys({ ...rowRange('record', which, 0, Number.MAX_SAFE_INTEGER), reverse: true, limit: 1 })
      .all();
    log.#start = state === undefined ? 0 : fromJson<PartitionState>(state).start;
    log.#next = Math.max(log.#start, last === undefined ? 0 : offsetOfRow(last) + 1);
    log.#end = log.#next;
    log.#tail = new Tail(shared.tails, log.#end);
    const aborted = database.iterator(rowRange('aborted', which, 0, Number.MAX_SAFE_INTEGER));
    for (const [key, row] of await aborted.all()) {
      const { transaction, first } = fromJson<AbortedRow>(row);
      log.#addAborted(transaction, { first, last: offsetOfRow(key) });
    }
    return log;
  }

  /** The offset of the oldest record that was not deleted. */
  get start(): number {
    return this.#start;
  }

  /** The end of all that was written, open transactions included. */
  get end(): number {
    return this.#end;
  }

  /** The end of what may be read: with `committed`, nothing from the first record of an open transaction on. */
  readable(isolation: Isolation): number {
    return isolation === 'latest' ? this.#end : Math.min(this.#end, ...this.#open.values());
  }

  /** Puts a record in line; the sender is told when it is written. */
  append(record: Outgoing, sender: Sender, transaction?: Transaction): void {
    const number = transaction?.number ?? 0;
    let batch = this.#filling;
    if (batch === undefined || batch.transaction !== number || batch.full) {
      if (transaction !== undefined && !this.#open.has(number)) this.begin(transaction, this.#next);
      batch = this.#fill(number);
    }
    batch.add(this.#next++, record, sender);
  }

  /** Hides what follows until the transaction has ended; the database knows it before it has the first record. */
  begin(transaction: Transaction, first: number): void {
    this.hide(transaction, first);
    const put: Put = [openKey(transaction.number, this), encodeTimestamp(first)];
    this.#shared.writer.push({ puts: () => (this.deleted ? [] : [put]) });
  }

  /** Hides what follows an offset until the transaction has ended. */
  hide(transaction: Transaction, first: number): void {
    this.#open.set(transaction.number, first);
    transaction.partitions.add(this);
  }

  /** Ends a transaction here: an empty row after its records, as in Kafka, and a note of where it lies if aborted. */
  finish(transaction: number, aborted: boolean): Required<Entry> {
    const first = this.#open.get(transaction) ?? this.#next;
    const last = this.#next++;
    const row = { last, bytes: new BatchBuilder(last, transaction).build() };
    this.#filling = undefined;
    return {
      puts: () => {
        const puts: Put[] = [[openKey(transaction, this), undefined]];
        if (this.deleted) return puts;
        puts.push([rowKey('record', this, last), row.bytes]);
        if (aborted) puts.push([rowKey('aborted', this, last), toJson({ transaction, first })]);
        return puts;
      },
      written: () => {
        this.#open.delete(transaction);
        if (aborted) this.#addAborted(transaction, { first, last });
        this.#advance(row);
      },
    };
  }

  /** Records from an offset on, some rows of them. */
  async read(from: number, isolation: Isolation): Promise<Found> {
    const at = Math.max(from, this.#start);
    const to = this.readable(isolation);
    if (at >= to) return { records: [], next: at };
    const rows = at >= this.#tail.begin ? this.#tail.rows(at, to, readLength) : await this.rows(at, to);
    const records = rows.flatMap(({ bytes }) => (this.#hides(bytes, isolation) ? [] : readRecords(bytes, this, at)));
    return { records, next: (rows.at(-1)?.last ?? to - 1) + 1 };
  }

  /** Rows of the database that reach from an offset to before another, as many as are read at once. */
  async rows(from: number, to: number): Promise<readonly Row[]> {
    const limits = { limit: readRows, highWaterMarkBytes: readLength };
    const iterator = this.#shared.database.iterator({ ...rowRange('record', this, from, to), ...limits });
    try {
      const found = await iterator.nextv(readRows);
      return found.map(([key, bytes]) => ({ last: offsetOfRow(key), bytes: plainBytes(bytes) }));
    } finally {
      await iterator.close();
    }
  }

  /** The offset of the first readable record that is not older; the end of what is readable when there is none. */
  async offsetAt(timestamp: number, isolation: Isolation): Promise<number> {
    const to = this.readable(isolation);
    for (let from = this.#start; from < to; ) {
      const rows = await this.rows(from, to);
      for (const { bytes } of rows) {
        if (readHead(bytes).youngest < timestamp || this.#hides(bytes, isolation)) continue;
        const found = readRecords(bytes, this, this.#start).find((record) => record.timestamp >= timestamp);
        if (found !== undefined) return found.offset;
      }
      from = (rows.at(-1)?.last ?? to) + 1;
    }
    return to;
  }

  /** Deletes the records before an offset, as far as they may be read. */
  async purge(before: number): Promise<void> {
    const to = Math.min(before, this.readable('committed'));
    if (to <= this.#start) return;
    const { database, writer } = this.#shared;
    const state: PartitionState = { start: to };
    writer.push({ puts: () => (this.deleted ? [] : [[rowKey('state', this, 0), toJson(state)]]) });
    await writer.flush();
    this.#start = to;
    this.#tail.forget(to);
    for (const [number, all] of this.#aborted) {
      const left = all.filter(({ last }) => last >= to);
      if (left.length > 0) this.#aborted.set(number, left);
      else this.#aborted.delete(number);
    }
    await database.clear(rowRange('record', this, 0, to));
    await database.clear(rowRange('aborted', this, 0, to));
  }

  #fill(transaction: number): FillingBatch {
    const batch = new FillingBatch(this.#next, transaction);
    this.#filling = batch;
    this.#shared.writer.push({
      puts: () => {
        if (this.#filling === batch) this.#filling = undefined;
        return this.deleted ? [] : [[rowKey('record', this, batch.last), batch.bytes]];
      },
      written: () => {
        this.#advance(batch);
        batch.acknowledge(this);
      },
    });
    return batch;
  }

  #advance(row: Row): void {
    if (this.deleted) return;
    this.#tail.push(row);
    this.#end = row.last + 1;
  }

  #addAborted(transaction: number, where: Aborted): void {
    this.#aborted.set(transaction, [...(this.#aborted.get(transaction) ?? []), where]);
  }

  /** Whether a row is of an aborted transaction. Numbers begin anew at every opening, so the place decides too. */
  #hides(row: Bytes, isolation: Isolation): boolean {
    if (isolation === 'latest') return false;
    const { transaction, first } = readHead(row);
    if (transaction === 0) return false;
    return this.#aborted.get(transaction)?.some((one) => first >= one.first && first <= one.last) ?? false;
  }
}
