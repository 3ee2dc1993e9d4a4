import {
  type CommittedOffset,
  fromUtf8,
  type NewTopic,
  type TopicDescription,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import type { Put } from '../database.js';
import type { GroupOffsets } from '../groups/group-offsets.js';
import { fromJson, toJson } from './json.js';
import { deletedKey, tableRange, topicKey, topicRange } from './keys.js';
import { PartitionLog, type Shared } from './partition-log.js';
import { checkTopic, topicConfig } from './topic-config.js';

/** A topic as the database has it. */
interface StoredTopic {
  readonly id: number;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

interface Topic extends StoredTopic {
  readonly logs: readonly PartitionLog[];
}

/** The topics of a log and their partitions. */
export class Topics {
  readonly #shared: Shared;
  readonly #offsets: GroupOffsets;
  readonly #topics = new Map<string, Topic>();
  #lastId = 0;
  /** The last change; each waits for the one before, so that two that make the same topic do not both make it. */
  #changing: Promise<void> = Promise.resolve();

  private constructor(shared: Shared, offsets: GroupOffsets) {
    this.#shared = shared;
    this.#offsets = offsets;
  }

  /** Opens the topics that a database has, and clears away what a deletion left when it was cut off. */
  static async open(shared: Shared, offsets: GroupOffsets): Promise<Topics> {
    const { database } = shared;
    const topics = new Topics(shared, offsets);
    for (const key of await database.keys(tableRange('deleted')).all()) {
      await topics.#clear(Number(fromUtf8(key).slice('deleted/'.length)));
    }
    for (const [key, row] of await database.iterator(tableRange('topic')).all()) {
      await topics.#open(
        fromUtf8(key).slice('topic/'.length),
        fromJson<StoredTopic>(row, 'id', 'partitions', 'config'),
      );
    }
    return topics;
  }

  describe(): ReadonlyMap<string, TopicDescription> {
    return new Map(
      [...this.#topics].map(([name, { id, partitions, config }]) => [
        name,
        { name, id: String(id), partitions, cleanup: config['cleanup.policy'] ?? 'delete' },
      ]),
    );
  }

  /** How many partitions a topic has; none when it does not exist. */
  partitions(topic: string): number {
    return this.#topics.get(topic)?.partitions ?? 0;
  }

  partition({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.#topics.get(topic)?.logs[partition];
    if (log !== undefined) return log;
    throw new TransportError('the embedded log has no such partition: create the topic first', { topic, partition });
  }

  /** All partitions of all topics. */
  *logs(): Generator<PartitionLog> {
    for (const { logs } of this.#topics.values()) yield* logs;
  }

  /** The partition of a topic's id, which a topic made later under the same name does not have. */
  partitionOf({ id, partition }: { readonly id: number; readonly partition: number }): PartitionLog | undefined {
    return [...this.#topics.values()].find((topic) => topic.id === id)?.logs[partition];
  }

  /** Makes a topic, unless there is one of that name. */
  create(topic: NewTopic): Promise<void> {
    checkTopic(topic);
    return this.#inTurn(async () => {
      const { name, partitions, config } = topic;
      if (this.#topics.has(name)) return;
      const stored: StoredTopic = { id: this.#lastId + 1, partitions, config };
      await this.#put([topicKey(name), toJson(stored)]);
      await this.#open(name, stored);
    });
  }

  /** Deletes a topic, its records and what groups committed for it. */
  delete(name: string): Promise<void> {
    return this.#inTurn(async () => {
      const topic = this.#topics.get(name);
      if (topic === undefined) return;
      this.#topics.delete(name);
      for (const log of topic.logs) log.deleted = true;
      const offsets = this.#offsets.forget(name);
      await this.#put([topicKey(name), undefined], [deletedKey(topic.id), toJson({ name })], ...offsets.puts());
      offsets.written();
      await this.#clear(topic.id);
    });
  }

  /** Throws when groups cannot commit these, for want of the partition. */
  check(offsets: readonly CommittedOffset[]): void {
    for (const offset of offsets) this.partition(offset);
  }

  async #open(name: string, stored: StoredTopic): Promise<void> {
    this.#lastId = Math.max(this.#lastId, stored.id);
    const config = topicConfig({ name, config: stored.config });
    const numbers = Array.from({ length: stored.partitions }, (_, partition) => partition);
    const logs = await Promise.all(
      numbers.map((partition) => PartitionLog.open({ id: stored.id, topic: name, partition, config }, this.#shared)),
    );
    this.#topics.set(name, { ...stored, logs });
  }

  async #clear(id: number): Promise<void> {
    for (const table of ['record', 'aborted', 'state'] as const) {
      await this.#shared.database.clear(topicRange(table, id));
    }
    await this.#put([deletedKey(id), undefined]);
  }

  async #put(...puts: readonly Put[]): Promise<void> {
    this.#shared.writer.push({ puts: () => puts });
    await this.#shared.writer.flush();
  }

  #inTurn(change: () => Promise<void>): Promise<void> {
    const turn = this.#changing.then(change);
    this.#changing = turn.catch(() => {});
    return turn;
  }
}
