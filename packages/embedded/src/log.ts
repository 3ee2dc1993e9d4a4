import {
  type Bytes,
  type CommittedOffset,
  fromUtf8,
  type NewTopic,
  type TopicDescription,
  type TopicPartition,
  TransportError,
  toUtf8,
} from '@kstreams/core';
import { Group } from './group.js';
import { PartitionLog } from './partition-log.js';
import { type Database, Writer } from './writer.js';

/** A topic as the log keeps it. */
interface StoredTopic {
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Everything one embedded log holds: topics, records, groups, offsets. */
export class Log {
  readonly writer: Writer;
  readonly #database: Database;
  readonly #topics = new Map<string, { readonly stored: StoredTopic; readonly logs: readonly PartitionLog[] }>();
  readonly #groups = new Map<string, Group>();
  readonly #offsets = new Map<string, CommittedOffset>();
  readonly #listeners = new Set<() => void>();

  private constructor(database: Database, sync: boolean) {
    this.#database = database;
    this.writer = new Writer(database, sync);
  }

  /** Opens a log on an open database. */
  static async open(database: Database, sync: boolean): Promise<Log> {
    const log = new Log(database, sync);
    for (const [key, value] of await database.iterator({ gte: toUtf8('topic/'), lt: toUtf8('topic0') }).all()) {
      await log.#openTopic(fromUtf8(key).slice('topic/'.length), JSON.parse(fromUtf8(value)) as StoredTopic);
    }
    for await (const [key, value] of database.iterator({ gte: toUtf8('offset/'), lt: toUtf8('offset0') })) {
      log.#offsets.set(fromUtf8(key), JSON.parse(fromUtf8(value)) as CommittedOffset);
    }
    return log;
  }

  describe(): ReadonlyMap<string, TopicDescription> {
    return new Map(
      [...this.#topics].map(([name, { stored }]) => [
        name,
        { name, partitions: stored.partitions, cleanup: stored.config['cleanup.policy'] ?? 'delete' },
      ]),
    );
  }

  async create({ name, partitions, config }: NewTopic): Promise<void> {
    if (this.#topics.has(name)) return;
    const stored = { partitions, config };
    this.writer.push([toUtf8(`topic/${name}`), toUtf8(JSON.stringify(stored))]);
    await this.writer.flush();
    await this.#openTopic(name, stored);
  }

  async delete(name: string): Promise<void> {
    if (!this.#topics.delete(name)) return;
    const gone: readonly Bytes[] = [toUtf8(`record/${name}/`), toUtf8(`record/${name}0`)];
    this.writer.push([toUtf8(`topic/${name}`), undefined]);
    await this.writer.flush();
    await this.#database.clear({ gte: gone[0], lt: gone[1] });
  }

  partition({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#topics.get(topic)?.logs[partition];
    if (log !== undefined) return log;
    throw new TransportError('the embedded log has no such partition: create the topic first', { topic, partition });
  }

  group(name: string): Group {
    const group = this.#groups.get(name) ?? new Group((topic) => this.#topics.get(topic)?.stored.partitions ?? 0);
    this.#groups.set(name, group);
    return group;
  }

  committed(group: string, { topic, partition }: TopicPartition): CommittedOffset | undefined {
    return this.#offsets.get(offsetKey(group, topic, partition));
  }

  async commit(group: string, offsets: readonly CommittedOffset[]): Promise<void> {
    for (const offset of offsets) {
      const key = offsetKey(group, offset.topic, offset.partition);
      this.#offsets.set(key, offset);
      this.writer.push([toUtf8(key), toUtf8(JSON.stringify(offset))]);
    }
    await this.writer.flush();
  }

  /** Calls at every append, until the answer is called. */
  onAppend(call: () => void): () => void {
    this.#listeners.add(call);
    return () => this.#listeners.delete(call);
  }

  /** Tells those who wait that there is something to read. */
  appended(): void {
    for (const listener of this.#listeners) listener();
  }

  async close(): Promise<void> {
    await this.writer.flush();
    await this.#database.close();
  }

  async #openTopic(name: string, stored: StoredTopic): Promise<void> {
    const logs = Array.from(
      { length: stored.partitions },
      (_, i) => new PartitionLog(name, i, this.#database, this.writer),
    );
    for (const log of logs) await log.open();
    this.#topics.set(name, { stored, logs });
  }
}

const offsetKey = (group: string, topic: string, partition: number): string => `offset/${group}/${topic}/${partition}`;
