import {
  type Bytes,
  type CommittedOffset,
  fromUtf8,
  type NewTopic,
  type TopicDescription,
  type TopicPartition,
  TransportError,
  type Write,
} from '@kstreams/core/graph';
import type { GroupOffsets } from '../groups/group-offsets.js';
import {
  deletedKey,
  fromJson,
  type PartitionKey,
  readDeletedKey,
  tableRange,
  toJson,
  topicKey,
  topicRange,
} from './layout.js';
import { type LogResources, PartitionLog } from './partition-log.js';
import { agesBySetting, checkTopic, topicConfig } from './topic-config.js';

/** A topic's row. */
interface StoredTopic {
  readonly id: number;
  /** Random: a topic that is created again, here or in another log, gets another one. */
  readonly uuid: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

interface Topic extends StoredTopic {
  readonly logs: readonly PartitionLog[];
}

/** The topics of a log and their partitions. */
export class Topics {
  readonly #resources: LogResources;
  readonly #offsets: GroupOffsets;
  readonly #topics = new Map<string, Topic>();
  #lastId = 0;
  /** The last change. Changes run one after the other, so that two of them cannot create the same topic. */
  #changing: Promise<void> = Promise.resolve();

  private constructor(resources: LogResources, offsets: GroupOffsets) {
    this.#resources = resources;
    this.#offsets = offsets;
  }

  /** Opens the stored topics and completes deletions that a crash cut off. */
  static async open(resources: LogResources, offsets: GroupOffsets): Promise<Topics> {
    const { metadata } = resources;
    const topics = new Topics(resources, offsets);
    const opened = [...metadata.read(...tableRange('topic'))].map(([key, row]) =>
      topics.#open(
        fromUtf8(key).slice('topic/'.length),
        fromJson<StoredTopic>(row, 'id', 'uuid', 'partitions', 'config'),
      ),
    );
    await Promise.all(opened);
    metadata.verifyEnds();
    for (const [key] of [...metadata.read(...tableRange('deleted'))])
      await topics.#clear(readDeletedKey(key) as number);
    return topics;
  }

  describe(): ReadonlyMap<string, TopicDescription> {
    return new Map(
      [...this.#topics].map(([name, { uuid, partitions, config }]) => [
        name,
        {
          name,
          id: uuid,
          partitions,
          cleanup: config['cleanup.policy'] ?? 'delete',
          deletesKept: topicConfig({ name, config }).tombstoneRetention,
        },
      ]),
    );
  }

  /** Returns the number of partitions of a topic; 0 if it does not exist. */
  partitions(topic: string): number {
    return this.#topics.get(topic)?.partitions ?? 0;
  }

  partition({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#topics.get(topic)?.logs[partition];
    if (log !== undefined) return log;
    throw new TransportError('the embedded log has no such partition: create the topic first', { topic, partition });
  }

  /** Iterates over all partitions of all topics. */
  *logs(): Generator<PartitionLog> {
    for (const { logs } of this.#topics.values()) yield* logs;
  }

  /** Returns a partition by its topic's id, or `undefined` once that topic is deleted. */
  partitionOf({ id, partition }: PartitionKey): PartitionLog | undefined {
    return [...this.#topics.values()].find((topic) => topic.id === id)?.logs[partition];
  }

  /** Creates a topic unless one of that name exists. */
  create(topic: NewTopic): Promise<void> {
    checkTopic(topic);
    return this.#enqueue(async () => {
      const { agesBy = 'wall-clock', name, partitions } = topic;
      const config = { ...topic.config, [agesBySetting]: agesBy };
      if (this.#topics.has(name)) return;
      const stored: StoredTopic = { id: this.#lastId + 1, uuid: crypto.randomUUID(), partitions, config };
      await this.#write([topicKey(name), toJson(stored)]);
      await this.#open(name, stored);
    });
  }

  /** Adds partitions to a topic, to this number in all. */
  grow(name: string, partitions: number): Promise<void> {
    return this.#enqueue(async () => {
      const topic = this.#topics.get(name);
      if (topic === undefined) {
        throw new TransportError('the embedded log has no such topic: create it first', { topic: name });
      }
      if (partitions <= topic.partitions) return;
      const { config, id, logs, uuid } = topic;
      const stored: StoredTopic = { id, uuid, partitions, config };
      checkTopic({ name, partitions, config });
      await this.#write([topicKey(name), toJson(stored)]);
      const added = await this.#openLogs(name, stored, logs.length);
      this.#topics.set(name, { ...stored, logs: [...logs, ...added] });
    });
  }

  /** Deletes a topic with its records and committed offsets. */
  delete(name: string): Promise<void> {
    return this.#enqueue(async () => {
      const topic = this.#topics.get(name);
      if (topic === undefined) return;
      this.#topics.delete(name);
      for (const log of topic.logs) log.deleted = true;
      const offsets = this.#offsets.forget(name);
      await this.#write(
        [topicKey(name), undefined],
        [deletedKey(topic.id), toJson({ name })],
        ...this.#rowsOf(topic.id).map((key): Write => [key, undefined]),
        ...offsets.writes(),
      );
      offsets.written();
      await this.#clear(topic.id);
    });
  }

  /** Throws when the partition of an offset does not exist. */
  check(offsets: readonly CommittedOffset[]): void {
    for (const offset of offsets) this.partition(offset);
  }

  async #open(name: string, stored: StoredTopic): Promise<void> {
    this.#lastId = Math.max(this.#lastId, stored.id);
    this.#topics.set(name, { ...stored, logs: await this.#openLogs(name, stored, 0) });
  }

  /** Opens the partitions of a topic from a number on. */
  #openLogs(name: string, { config, id, partitions }: StoredTopic, from: number): Promise<readonly PartitionLog[]> {
    const settings = topicConfig({ name, config });
    const numbers = Array.from({ length: partitions - from }, (_, i) => from + i);
    return Promise.all(
      numbers.map((partition) => PartitionLog.open({ id, topic: name, partition, config: settings }, this.#resources)),
    );
  }

  /** Returns the keys of a topic's rows besides its records. */
  #rowsOf(id: number): Bytes[] {
    const { metadata } = this.#resources;
    const tables = ['aborted', 'state'] as const;
    return tables.flatMap((table) => [...metadata.read(...topicRange(table, id))].map(([key]) => key));
  }

  async #clear(id: number): Promise<void> {
    this.#lastId = Math.max(this.#lastId, id);
    await this.#resources.storage.clear(...topicRange('record', id));
    await this.#write([deletedKey(id), undefined]);
  }

  async #write(...writes: readonly Write[]): Promise<void> {
    const { writer } = this.#resources;
    writer.push({ writes: () => writes });
    await writer.flush();
  }

  #enqueue(change: () => Promise<void>): Promise<void> {
    const result = this.#changing.then(change);
    // The caller has the error; the next change runs regardless.
    this.#changing = result.catch(() => {});
    return result;
  }
}
