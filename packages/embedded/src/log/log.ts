import {
  type Clock,
  type CommittedOffset,
  checkOffsetMetadata,
  partitionId,
  readTimestamp,
  TimeSlice,
  type TopicPartition,
} from '@kstreams/core/graph';
import { Group, type GroupTimeouts } from '../groups/group.js';
import { GroupOffsets } from '../groups/group-offsets.js';
import type { LogStorage } from '../storage/log-storage.js';
import { Transaction } from '../transactions/transaction.js';
import { TransactionalId } from '../transactions/transactional-id.js';
import { Cleaner } from './cleaner.js';
import { readOpenKey, tableRange } from './layout.js';
import { Metadata } from './metadata.js';
import type { PartitionLog } from './partition-log.js';
import { TailBudget } from './tail-cache.js';
import { Topics } from './topics.js';
import { LogWriter } from './writer.js';

/** Settings of a log. */
export interface LogOptions {
  /** Location of the log, for messages. */
  readonly name: string;
  readonly clock: Clock;
  /** Memory for the newest records, in bytes. */
  readonly memory: number;
  readonly timeouts: GroupTimeouts;
  /** Called after a failed commit, when the log takes no more writes. */
  readonly failed?: () => void;
}

interface Parts {
  readonly storage: LogStorage;
  readonly metadata: Metadata;
  readonly timeouts: GroupTimeouts;
  readonly offsets: GroupOffsets;
  readonly listeners: Set<() => void>;
}

/** An open embedded log: topics, records, groups, offsets and transactions. */
export class Log {
  readonly writer: LogWriter;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly cleaner: Cleaner;
  /** The time slice of all loops that read and write. */
  readonly slice: TimeSlice;
  readonly #storage: LogStorage;
  readonly #metadata: Metadata;
  readonly #timeouts: GroupTimeouts;
  readonly #offsets: GroupOffsets;
  readonly #groups = new Map<string, Group>();
  readonly #transactionalIds = new Map<string, TransactionalId>();
  readonly #listeners: Set<() => void>;
  #transactions = 0;

  private constructor(parts: Pick<Log, 'writer' | 'topics' | 'clock' | 'slice'> & Parts) {
    this.writer = parts.writer;
    this.topics = parts.topics;
    this.clock = parts.clock;
    this.slice = parts.slice;
    const { topics } = parts;
    this.cleaner = new Cleaner({ logs: () => topics.logs(), unread: (log) => this.#unread(log) }, parts.clock);
    this.#storage = parts.storage;
    this.#metadata = parts.metadata;
    this.#timeouts = parts.timeouts;
    this.#offsets = parts.offsets;
    this.#listeners = parts.listeners;
  }

  /** Opens the log in a storage and aborts the transactions that a crash left open. */
  static async open(storage: LogStorage, { clock, failed, memory, name, timeouts }: LogOptions): Promise<Log> {
    const metadata = await Metadata.open(storage, name);
    const listeners = new Set<() => void>();
    const slice = new TimeSlice(clock);
    const changed = (): void => {
      for (const listener of listeners) listener();
      if (writer.failure !== undefined) failed?.();
    };
    const writer = new LogWriter({ storage, metadata, clock, slice, changed });
    const offsets = new GroupOffsets(metadata);
    const topics = await Topics.open(
      { name, storage, metadata, writer, clock, tails: new TailBudget(memory) },
      offsets,
    );
    const log = new Log({ metadata, writer, topics, clock, slice, storage, timeouts, offsets, listeners });
    await log.#abortOpen();
    listeners.add(() => log.cleaner.tend());
    return log;
  }

  /** Returns the group of a name; creates it first if needed. */
  group(name: string): Group {
    const group =
      this.#groups.get(name) ?? new Group((topic) => this.topics.partitions(topic), this.clock, this.#timeouts);
    this.#groups.set(name, group);
    return group;
  }

  /** Rebalances all groups after topics were created or deleted. */
  rebalance(): void {
    for (const group of this.#groups.values()) group.rebalance();
  }

  /** Returns the committed offsets of a group, in order; waits for open transactions that may change them. */
  async committed(
    group: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset | undefined)[]> {
    await this.#offsets.settled(group, partitions);
    this.writer.check();
    return partitions.map((partition) => this.#offsets.committed(group, partition));
  }

  /** Commits offsets of a group. */
  async commit(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    for (const offset of offsets) checkOffsetMetadata(offset);
    this.topics.check(offsets);
    this.writer.push(this.#offsets.entry(group, offsets));
    await this.writer.flush();
  }

  /** Deletes the committed offsets of a group, after the open transactions that may change them. */
  async deleteOffsets(group: string): Promise<void> {
    await this.#offsets.settledGroup(group);
    this.writer.push(this.#offsets.forgetGroup(group));
    await this.writer.flush();
  }

  /** Registers a transactional id for a new producer; fences the previous one and aborts its open transaction. */
  async register(id: string, timeout: number): Promise<TransactionalId> {
    const previous = this.#transactionalIds.get(id);
    const registered = new TransactionalId(id, timeout, this.clock, () => this.#transaction(++this.#transactions));
    this.#transactionalIds.set(id, registered);
    await previous?.fence('a later producer has the same transactional id');
    return registered;
  }

  /** Calls a listener whenever there may be more to read, or the log failed; returns a function that removes it. */
  onAppend(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Aborts open transactions and releases the storage; rejects when queued writes could not be written. */
  async close(): Promise<void> {
    await this.cleaner.close();
    try {
      for (const id of this.#transactionalIds.values()) await id.fence('the log was closed');
      await this.writer.flush();
      this.writer.push({ writes: () => [this.#metadata.endsWrite()] });
      await this.writer.flush();
    } finally {
      await this.#storage.close();
    }
  }

  /** Returns the first offset of a partition that a running group has not committed; `Infinity` without one. */
  #unread(log: PartitionLog): number {
    const unread = [...this.#groups].map(([name, group]) => {
      const begin = group.begin(partitionId(log));
      return begin === undefined ? undefined : (this.#offsets.committed(name, log)?.offset ?? begin);
    });
    return Math.min(Number.POSITIVE_INFINITY, ...unread.filter((offset) => offset !== undefined));
  }

  #transaction(number: number): Transaction {
    return new Transaction(number, this.#offsets, this.writer);
  }

  /** Aborts the transactions that a crash left open. */
  async #abortOpen(): Promise<void> {
    const found = new Map<number, Transaction>();
    for (const [key, first] of [...this.#metadata.read(...tableRange('open'))]) {
      const open = readOpenKey(key);
      const log = this.topics.partitionOf(open);
      const transaction = found.get(open.transaction) ?? this.#transaction(open.transaction);
      found.set(open.transaction, transaction);
      if (log === undefined) this.writer.push({ writes: () => [[key, undefined]] });
      else log.hide(transaction, readTimestamp(first));
    }
    for (const transaction of found.values()) await transaction.end('abort');
  }
}
