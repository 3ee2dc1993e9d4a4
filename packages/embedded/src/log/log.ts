import {
  type Clock,
  type CommittedOffset,
  equalBytes,
  readTimestamp,
  type TopicPartition,
  TransportError,
  toUtf8,
} from '@kstreams/core/graph';
import type { Database } from '../database.js';
import { Group, type GroupTimeouts } from '../groups/group.js';
import { checkMetadata, GroupOffsets } from '../groups/group-offsets.js';
import { Transaction } from '../transactions/transaction.js';
import { TransactionalId } from '../transactions/transactional-id.js';
import { Cleaner } from './cleaner.js';
import { layout, layoutKey, readOpenKey, tableRange } from './keys.js';
import { Tails } from './tail.js';
import { Topics } from './topics.js';
import { Writer } from './writer.js';

/** How a log is run. */
export interface LogOptions {
  readonly sync: boolean;
  readonly clock: Clock;
  /** How many bytes of the newest records are kept in memory. */
  readonly memory: number;
  readonly timeouts: GroupTimeouts;
}

interface Parts {
  readonly database: Database;
  readonly timeouts: GroupTimeouts;
  readonly offsets: GroupOffsets;
  readonly listeners: Set<() => void>;
}

/** Everything one embedded log holds: topics, records, groups, offsets, transactions. */
export class Log {
  readonly writer: Writer;
  readonly topics: Topics;
  readonly clock: Clock;
  readonly cleaner: Cleaner;
  readonly #database: Database;
  readonly #timeouts: GroupTimeouts;
  readonly #offsets: GroupOffsets;
  readonly #groups = new Map<string, Group>();
  readonly #claims = new Map<string, TransactionalId>();
  readonly #listeners: Set<() => void>;
  #transactions = 0;

  private constructor(parts: Pick<Log, 'writer' | 'topics' | 'clock'> & Parts) {
    this.writer = parts.writer;
    this.topics = parts.topics;
    this.clock = parts.clock;
    this.cleaner = new Cleaner(() => parts.topics.logs(), parts.clock);
    this.#database = parts.database;
    this.#timeouts = parts.timeouts;
    this.#offsets = parts.offsets;
    this.#listeners = parts.listeners;
  }

  /** Opens a log on an open database, and ends what a crash left halfway. */
  static async open(database: Database, { sync, clock, memory, timeouts }: LogOptions): Promise<Log> {
    await checkLayout(database);
    const listeners = new Set<() => void>();
    const writer = new Writer(database, sync, () => {
      for (const listener of listeners) listener();
    });
    const offsets = await GroupOffsets.open(database);
    const topics = await Topics.open({ database, writer, tails: new Tails(memory) }, offsets);
    const log = new Log({ writer, topics, clock, database, timeouts, offsets, listeners });
    await log.#abortOpen();
    listeners.add(() => log.cleaner.tend());
    return log;
  }

  /** The members of a group. */
  group(name: string): Group {
    const group =
      this.#groups.get(name) ?? new Group((topic) => this.topics.partitions(topic), this.clock, this.#timeouts);
    this.#groups.set(name, group);
    return group;
  }

  /** Has all groups look at what there is to divide: topics came or went. */
  regroup(): void {
    for (const group of this.#groups.values()) group.divide();
  }

  /** What a group has committed, one per partition, once no open transaction can change it any more. */
  async committed(
    group: string,
    partitions: readonly TopicPartition[],
  ): Promise<readonly (CommittedOffset | undefined)[]> {
    await this.#offsets.settled(group, partitions);
    return partitions.map((one) => this.#offsets.committed(group, one));
  }

  /** Commits for a group. */
  async commit(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    checkMetadata(offsets);
    this.topics.check(offsets);
    this.writer.push(this.#offsets.entry(group, offsets));
    await this.writer.flush();
  }

  /** Gives a transactional id to a new producer: the former is fenced, what it left open is aborted. */
  async claim(id: string, timeout: number): Promise<TransactionalId> {
    const former = this.#claims.get(id);
    const claim = new TransactionalId(id, timeout, this.clock, () => this.#transaction(++this.#transactions));
    this.#claims.set(id, claim);
    await former?.fence('a later producer has the same transactional id');
    return claim;
  }

  /** Calls whenever there may be more to read, until the answer is called. */
  onAppend(call: () => void): () => void {
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  async close(): Promise<void> {
    await this.cleaner.close();
    for (const claim of this.#claims.values()) await claim.fence('the log was closed');
    await this.writer.flush();
    await this.#database.close();
  }

  #transaction(number: number): Transaction {
    return new Transaction(number, this.#offsets, this.writer);
  }

  /** Aborts the transactions that a crash left open. */
  async #abortOpen(): Promise<void> {
    const found = new Map<number, Transaction>();
    for (const [key, first] of await this.#database.iterator(tableRange('open')).all()) {
      const place = readOpenKey(key);
      const log = this.topics.partitionOf(place);
      const transaction = found.get(place.transaction) ?? this.#transaction(place.transaction);
      found.set(place.transaction, transaction);
      if (log === undefined) this.writer.push({ puts: () => [[key, undefined]] });
      else log.hide(transaction, readTimestamp(first));
    }
    for (const transaction of found.values()) await transaction.end('abort');
  }
}

/** Refuses a database that is not a log, or one of another layout; marks a new one. */
const checkLayout = async (database: Database): Promise<void> => {
  const found = await database.get(layoutKey);
  if (found !== undefined && equalBytes(found, toUtf8(String(layout)))) return;
  const [any] = await database.keys({ limit: 1 }).all();
  if (any === undefined) return database.put(layoutKey, toUtf8(String(layout)));
  throw new TransportError('the database is no embedded log of this version: name another folder, or remove this one');
};
