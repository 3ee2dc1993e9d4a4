import {
  type Clock,
  encodeTimestamp,
  type Isolation,
  type Outgoing,
  type Received,
  type TopicPartition,
  TransportError,
  type Write,
  yieldToEventLoop,
} from '@kstreams/core/graph';
import type { LogStorage } from '../storage/log-storage.js';
import { AbortedTransactions } from '../transactions/aborted-transactions.js';
import type { Transaction } from '../transactions/transaction.js';
import { fromJson, offsetOfRow, openKey, type PartitionKey, rowKey, rowRange, toJson } from './layout.js';
import type { Metadata } from './metadata.js';
import { NewestTimestamp } from './newest-timestamp.js';
import { type Appender, BatchBuilder, type BatchRow, ProducerBatch, readHead, readRecords } from './record-batch.js';
import { readLimits, StoredRows } from './stored-rows.js';
import { type TailBudget, TailCache } from './tail-cache.js';
import type { TopicConfig } from './topic-config.js';
import type { LogWriter, WriteEntry } from './writer.js';

/** Resources shared by the partitions of a log. */
export interface LogResources {
  /** Location of the log, for messages. */
  readonly name: string;
  readonly storage: LogStorage;
  readonly metadata: Metadata;
  readonly writer: LogWriter;
  readonly clock: Clock;
  readonly tails: TailBudget;
}

/** A partition with the settings of its topic. */
export interface Partition extends TopicPartition, PartitionKey {
  readonly config: TopicConfig;
}

/** Cleaning state of a partition, stored in one row. */
export interface PartitionState {
  /** Offset of the oldest record that is not deleted. */
  readonly start: number;
  /** Offset before which each key occurs once; compaction continues here. */
  readonly cleaned: number;
  /** Number of records left by the last compaction. */
  readonly kept: number;
  /** Wall-clock time, in ms, at which the first tombstone may be dropped; 0 if none waits. */
  readonly horizon: number;
}

/** Records of a read, and the offset at which to read on. */
export interface FetchResult {
  readonly records: readonly Received[];
  /** May lie beyond the last record: aborted and compacted records are skipped. */
  readonly next: number;
  /** True when no row was read from the storage. */
  readonly cached: boolean;
}

/**
 * The records of one partition. All of them are in the storage; the newest are in memory too. A record is readable only
 * once it is in the storage, so nothing that was read is ever lost.
 */
export class PartitionLog implements Partition {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly config: TopicConfig;
  /** True once its topic is deleted; queued records are then not written. */
  deleted = false;
  /** Size of its rows in bytes, set when they are counted; `undefined` while unknown. */
  size: number | undefined;
  readonly #resources: LogResources;
  readonly #aborted: AbortedTransactions;
  /** First offsets of the open transactions. */
  readonly #open = new Map<number, number>();
  readonly #tail: TailCache;
  readonly #stored: StoredRows;
  readonly #newest = new NewestTimestamp();
  #batch: ProducerBatch | undefined;
  #state: PartitionState;
  /** Offset after the last record in the storage. */
  #end: number;
  /** Offset of the next record to append. */
  #next: number;

  private constructor(which: Partition, resources: LogResources, state: PartitionState, end: number) {
    this.id = which.id;
    this.topic = which.topic;
    this.partition = which.partition;
    this.config = which.config;
    this.#resources = resources;
    this.#state = state;
    this.#end = end;
    this.#next = end;
    this.#tail = new TailCache(resources.tails, end);
    this.#stored = new StoredRows(this, resources.storage, resources.name);
    this.#aborted = new AbortedTransactions(resources.metadata, which);
  }

  /** Opens a partition and completes a purge that a crash cut off. */
  static async open(which: Partition, resources: LogResources): Promise<PartitionLog> {
    const { metadata, storage } = resources;
    const state = readState(metadata, which);
    if (state.start > 0) await storage.clear(...rowRange('record', which, 0, state.start));
    const last = await storage.lastKey(...rowRange('record', which, 0, Number.MAX_SAFE_INTEGER));
    // Offsets of lost records are not used again, so that a reader meets the gap.
    const end = Math.max(state.start, metadata.lastEnd(which), last === undefined ? 0 : offsetOfRow(last) + 1);
    metadata.extend(which, end);
    return new PartitionLog(which, resources, state, end);
  }

  get state(): PartitionState {
    return this.#state;
  }

  /** Offset of the oldest record that is not deleted. */
  get start(): number {
    return this.#state.start;
  }

  /** Offset after the last written record, open transactions included. */
  get end(): number {
    return this.#end;
  }

  /** Returns the time from which the ages of records count, in ms: the wall clock, or the largest timestamp appended here. */
  ageTime(wall: number): number {
    return this.config.agesByStreamTime ? this.#newest.value : wall;
  }

  /** Returns the end of what may be read: with `committed`, the first record of an open transaction. */
  readable(isolation: Isolation): number {
    return isolation === 'latest' ? this.#end : Math.min(this.#end, ...this.#open.values());
  }

  /** Throws when a position lies beyond the end: records in between would be skipped as they come. */
  checkPosition(offset: number): void {
    const { end, partition, topic } = this;
    if (offset <= end) return;
    throw new TransportError(
      `the position lies beyond the end of the partition, offset ${end}: the log lost records or was replaced: ` +
        `restore a backup, or commit offset ${end} for the group to read new records`,
      { topic, partition, offset },
    );
  }

  /** Queues a record; acknowledges it to the appender once it is written. */
  append(record: Outgoing, appender: Appender, transaction?: Transaction): void {
    if (this.config.compacted && record.key === null) {
      throw new TransportError('a compacted topic takes no record without a key', this);
    }
    const number = transaction?.number ?? 0;
    let batch = this.#batch;
    if (batch === undefined || batch.transaction !== number || batch.full) {
      if (transaction !== undefined && !this.#open.has(number)) this.#begin(transaction);
      batch = this.#startBatch(number);
    }
    batch.add(this.#next, record, appender);
    this.#next++;
  }

  /** Hides the records from an offset on until the transaction has ended. */
  hide(transaction: Transaction, first: number): void {
    this.#open.set(transaction.number, first);
    transaction.partitions.add(this);
  }

  /** Returns the entry that ends a transaction here: an empty row, as in Kafka, and an index entry if aborted. */
  finish(transaction: number, aborted: boolean): Required<WriteEntry> {
    const first = this.#open.get(transaction) ?? this.#next;
    const last = this.#next++;
    const row = { last, bytes: new BatchBuilder(last, transaction).build() };
    this.#batch = undefined;
    return {
      writes: () => {
        const closed: Write = [openKey(transaction, this), undefined];
        if (this.deleted) return [closed];
        const marker: Write = [rowKey('record', this, last), row.bytes];
        return aborted ? [closed, marker, this.#aborted.write(transaction, { first, last })] : [closed, marker];
      },
      written: () => {
        this.#open.delete(transaction);
        this.#newest.end(transaction, aborted);
        if (aborted) this.#aborted.add(transaction, { first, last });
        this.#advance(row);
      },
    };
  }

  /** True when the records of a row belong to an aborted transaction. */
  isAborted({ bytes }: BatchRow): boolean {
    return this.#aborted.has(bytes);
  }

  /** Reads some rows of records with `offset >= from`. */
  async read(from: number, isolation: Isolation): Promise<FetchResult> {
    const at = Math.max(from, this.start);
    const to = this.readable(isolation);
    if (at >= to) return { records: [], next: at, cached: true };
    const cached = at >= this.#tail.begin;
    const rows = cached ? this.#tail.rows(at, to, readLimits.bytes) : await this.#stored.read(at, to);
    const records = rows.flatMap((row) =>
      isolation === 'committed' && this.isAborted(row) ? [] : readRecords(row.bytes, this, at),
    );
    return { records, next: (rows.at(-1)?.last ?? to - 1) + 1, cached };
  }

  /** Reads the stored rows with `from <= last offset < to`, some at a time, and yields to other work in between. */
  async *scan(from: number, to: number): AsyncGenerator<BatchRow> {
    for (let at = from; at < to; ) {
      await yieldToEventLoop(this.#resources.clock);
      const rows = await this.#stored.read(at, to);
      yield* rows;
      at = (rows.at(-1)?.last ?? to) + 1;
    }
  }

  /** Returns the offset of the first readable record with `timestamp` or later; the end of what is readable without one. */
  async offsetAt(timestamp: number, isolation: Isolation): Promise<number> {
    const to = this.readable(isolation);
    for await (const row of this.scan(this.start, to)) {
      if (readHead(row.bytes).youngest < timestamp || (isolation === 'committed' && this.isAborted(row))) continue;
      const found = readRecords(row.bytes, this, this.start).find((record) => record.timestamp >= timestamp);
      if (found !== undefined) return found.offset;
    }
    return to;
  }

  /** Replaces rows, deletes those without bytes, and stores a change of the state in the same commit. */
  async rewrite(
    rows: readonly { readonly last: number; readonly bytes: BatchRow['bytes'] | undefined }[],
    change: Partial<PartitionState> = {},
  ): Promise<void> {
    const { writer } = this.#resources;
    const state = { ...this.#state, ...change };
    const writes: Write[] = rows.map(({ last, bytes }) => [rowKey('record', this, last), bytes]);
    writer.push({
      writes: () => (this.deleted ? [] : [...writes, [rowKey('state', this, 0), toJson(state)]]),
      written: () => {
        this.#state = state;
        this.#tail.evict((rows.at(-1)?.last ?? -1) + 1);
      },
    });
    await writer.flush();
    if (rows.length > 0) this.size = undefined;
  }

  /** Deletes the readable records before an offset. `freed` is their size in bytes, if known. */
  async purge(before: number, freed?: number): Promise<void> {
    const to = Math.min(before, this.readable('committed'));
    if (to <= this.start || this.deleted) return;
    await this.rewrite([], { start: to, cleaned: Math.max(to, this.#state.cleaned) });
    this.#tail.evict(to);
    await this.#resources.storage.clear(...rowRange('record', this, 0, to));
    await this.forgetAborted(to);
    if (this.size !== undefined) this.size = freed === undefined ? undefined : this.size - freed;
  }

  /** Forgets the aborted transactions that end before an offset; their records are gone. */
  async forgetAborted(before: number): Promise<void> {
    const writes = this.#aborted.forget(before);
    if (writes.length === 0) return;
    const { writer } = this.#resources;
    writer.push({ writes: () => (this.deleted ? [] : writes) });
    await writer.flush();
  }

  /** Marks a transaction as open in the storage, ahead of its first record. */
  #begin(transaction: Transaction): void {
    this.hide(transaction, this.#next);
    const write: Write = [openKey(transaction.number, this), encodeTimestamp(this.#next)];
    this.#resources.writer.push({ writes: () => (this.deleted ? [] : [write]) });
  }

  #startBatch(transaction: number): ProducerBatch {
    const batch = new ProducerBatch(this.#next, transaction);
    this.#batch = batch;
    this.#resources.writer.push({
      writes: () => {
        if (this.#batch === batch) this.#batch = undefined;
        return this.deleted || batch.count === 0 ? [] : [[rowKey('record', this, batch.last), batch.bytes]];
      },
      written: () => {
        if (batch.count > 0) {
          this.#newest.add(transaction, batch.youngest);
          this.#advance(batch);
        }
        batch.acknowledge(this);
      },
    });
    return batch;
  }

  #advance(row: BatchRow): void {
    if (this.deleted) return;
    this.#tail.push({ last: row.last, bytes: row.bytes });
    this.#end = row.last + 1;
    if (this.size !== undefined) this.size += row.bytes.length;
  }
}

const readState = (metadata: Metadata, partition: PartitionKey): PartitionState => {
  const row = metadata.get(rowKey('state', partition, 0));
  return row === undefined
    ? { start: 0, cleaned: 0, kept: 0, horizon: 0 }
    : fromJson<PartitionState>(row, 'start', 'cleaned', 'kept', 'horizon');
};
