import {
  encodeTimestamp,
  type Isolation,
  type Outgoing,
  type Received,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import type { Database, Put } from '../database.js';
import type { Transaction } from '../transactions/transaction.js';
import { AbortedTransactions } from './aborted.js';
import { FillingBatch, type Sender } from './filling-batch.js';
import { toJson } from './json.js';
import { offsetOfRow, openKey, type PartitionKey, rowKey, rowRange } from './keys.js';
import { type PartitionState, readState } from './partition-state.js';
import { BatchBuilder, readRecords } from './record-batch.js';
import { readLength, readRows, scanRows } from './rows.js';
import { type Row, Tail, type Tails } from './tail.js';
import type { TopicConfig } from './topic-config.js';
import type { Entry, Writer } from './writer.js';

/** What the partitions of a log share. */
export interface Shared {
  readonly database: Database;
  readonly writer: Writer;
  readonly tails: Tails;
}

/** A partition's names, and the settings of its topic. */
export interface Partition extends TopicPartition, PartitionKey {
  readonly config: TopicConfig;
}

/** Records as they were found, and where to read on: beyond the last of them where nothing readable lies between. */
export interface Found {
  readonly records: readonly Received[];
  readonly next: number;
}

/**
 * The records of one partition: all of them in the database, the newest in memory too. What can be read is in the
 * database already, so nothing that was read is ever lost.
 */
export class PartitionLog implements Partition {
  readonly id: number;
  readonly topic: string;
  readonly partition: number;
  readonly config: TopicConfig;
  /** True once its topic is gone; what is still in line is then not written. */
  deleted = false;
  /** How many bytes its rows have; unknown until somebody who counts them sets it, and when it changes otherwise. */
  size: number | undefined;
  readonly #shared: Shared;
  readonly #aborted: AbortedTransactions;
  /** Where the open transactions begin. */
  readonly #open = new Map<number, number>();
  readonly #tail: Tail;
  #filling: FillingBatch | undefined;
  #state: PartitionState;
  /** The offset after the last one in the database, and the one after the last that was given away. */
  #end: number;
  #next: number;

  private constructor(
    which: Partition,
    shared: Shared,
    state: PartitionState,
    end: number,
    aborted: AbortedTransactions,
  ) {
    this.id = which.id;
    this.topic = which.topic;
    this.partition = which.partition;
    this.config = which.config;
    this.#shared = shared;
    this.#state = state;
    this.#end = end;
    this.#next = end;
    this.#tail = new Tail(shared.tails, end);
    this.#aborted = aborted;
  }

  /** Opens a partition as the database has it. */
  static async open(which: Partition, shared: Shared): Promise<PartitionLog> {
    const { database } = shared;
    const state = await readState(database, which);
    if (state.start > 0) await database.clear(rowRange('record', which, 0, state.start));
    const all = rowRange('record', which, 0, Number.MAX_SAFE_INTEGER);
    const [last] = await database.keys({ ...all, reverse: true, limit: 1 }).all();
    const end = Math.max(state.start, last === undefined ? 0 : offsetOfRow(last) + 1);
    return new PartitionLog(which, shared, state, end, await AbortedTransactions.open(database, which));
  }

  /** What it knows of itself: where it starts, and how far it is compacted. */
  get state(): PartitionState {
    return this.#state;
  }

  /** The offset of the oldest record that was not deleted. */
  get start(): number {
    return this.#state.start;
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
    if (this.config.compacted && record.key === null) {
      throw new TransportError('a compacted topic takes no record without a key', this);
    }
    const number = transaction?.number ?? 0;
    let batch = this.#filling;
    if (batch === undefined || batch.transaction !== number || batch.full) {
      if (transaction !== undefined && !this.#open.has(number)) this.#begin(transaction);
      batch = this.#fill(number);
    }
    batch.add(this.#next, record, sender);
    this.#next++;
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
        const closed: Put = [openKey(transaction, this), undefined];
        if (this.deleted) return [closed];
        const marker: Put = [rowKey('record', this, last), row.bytes];
        return aborted ? [closed, marker, this.#aborted.put(transaction, { first, last })] : [closed, marker];
      },
      written: () => {
        this.#open.delete(transaction);
        if (aborted) this.#aborted.add(transaction, { first, last });
        this.#advance(row);
      },
    };
  }

  /** Whether the records of a row were taken back. */
  isAborted({ bytes }: Row): boolean {
    return this.#aborted.has(bytes);
  }

  /** Records from an offset on, some rows of them. */
  async read(from: number, isolation: Isolation): Promise<Found> {
    const at = Math.max(from, this.start);
    const to = this.readable(isolation);
    if (at >= to) return { records: [], next: at };
    const rows =
      at >= this.#tail.begin
        ? this.#tail.rows(at, to, readLength)
        : await readRows(this.#shared.database, this, at, to);
    const records = rows.flatMap((row) =>
      isolation === 'committed' && this.isAborted(row) ? [] : readRecords(row.bytes, this, at),
    );
    return { records, next: (rows.at(-1)?.last ?? to - 1) + 1 };
  }

  /** The rows of the database from an offset to before another. */
  scan(from: number, to: number): AsyncIterable<Row> {
    return scanRows(this.#shared.database, this, from, to);
  }

  /** Writes rows anew, or away where their bytes are `undefined`, and with them what is changed of the state. */
  async rewrite(
    rows: readonly { readonly last: number; readonly bytes: Row['bytes'] | undefined }[],
    change: Partial<PartitionState> = {},
  ): Promise<void> {
    const state = { ...this.#state, ...change };
    const puts: Put[] = rows.map(({ last, bytes }) => [rowKey('record', this, last), bytes]);
    this.#shared.writer.push({
      puts: () => (this.deleted ? [] : [...puts, [rowKey('state', this, 0), toJson(state)]]),
      written: () => {
        this.#state = state;
        this.#tail.forget((rows.at(-1)?.last ?? -1) + 1);
      },
    });
    await this.#shared.writer.flush();
    if (rows.length > 0) this.size = undefined;
  }

  /** Deletes the records before an offset, as far as they may be read; `freed` is what that frees, where it is known. */
  async purge(before: number, freed?: number): Promise<void> {
    const to = Math.min(before, this.readable('committed'));
    if (to <= this.start || this.deleted) return;
    await this.rewrite([], { start: to, cleaned: Math.max(to, this.#state.cleaned) });
    this.#tail.forget(to);
    await this.#shared.database.clear(rowRange('record', this, 0, to));
    await this.forgetAborted(to);
    if (this.size !== undefined) this.size = freed === undefined ? undefined : this.size - freed;
  }

  /** Forgets the aborted transactions that end before an offset: their records are gone. */
  async forgetAborted(before: number): Promise<void> {
    await this.#aborted.forget(this.#shared.database, before);
  }

  /** The database knows of a transaction before it has its first record. */
  #begin(transaction: Transaction): void {
    this.hide(transaction, this.#next);
    const put: Put = [openKey(transaction.number, this), encodeTimestamp(this.#next)];
    this.#shared.writer.push({ puts: () => (this.deleted ? [] : [put]) });
  }

  #fill(transaction: number): FillingBatch {
    const batch = new FillingBatch(this.#next, transaction);
    this.#filling = batch;
    this.#shared.writer.push({
      puts: () => {
        if (this.#filling === batch) this.#filling = undefined;
        return this.deleted || batch.count === 0 ? [] : [[rowKey('record', this, batch.last), batch.bytes]];
      },
      written: () => {
        if (batch.count > 0) this.#advance(batch);
        batch.acknowledge(this);
      },
    });
    return batch;
  }

  #advance(row: Row): void {
    if (this.deleted) return;
    this.#tail.push({ last: row.last, bytes: row.bytes });
    this.#end = row.last + 1;
    if (this.size !== undefined) this.size += row.bytes.length;
  }
}
