import { type CommittedOffset, partitionId, type TopicPartition, TransportError, toUtf8 } from '@kstreams/core/graph';
import type { Database, Put } from '../database.js';
import { fromJson, toJson } from '../log/json.js';
import { offsetKey, tableRange } from '../log/keys.js';
import type { Entry } from '../log/writer.js';
import type { Transaction } from '../transactions/transaction.js';

/** How long the note of a committed offset may be, in bytes; a Kafka broker takes no more either. */
const metadataLimit = 4_096;

type Stored = CommittedOffset & { readonly group: string };

/** What the groups have committed: in memory for reading, a row each in the database. */
export class GroupOffsets {
  readonly #offsets = new Map<string, Map<string, CommittedOffset>>();
  /** The open transactions that may yet change an offset. */
  readonly #pending = new Map<string, Set<Transaction>>();

  /** Reads what a database holds. */
  static async open(database: Database): Promise<GroupOffsets> {
    const offsets = new GroupOffsets();
    for await (const [, row] of database.iterator(tableRange('offset'))) {
      const { group, ...committed } = fromJson<Stored>(row, 'group', 'topic', 'partition', 'offset');
      offsets.#set(group, committed);
    }
    return offsets;
  }

  /** What a group has committed for a partition. */
  committed(group: string, partition: TopicPartition): CommittedOffset | undefined {
    return this.#offsets.get(group)?.get(partitionId(partition));
  }

  /** Resolves when no open transaction holds offsets of these partitions. */
  async settled(group: string, partitions: readonly TopicPartition[]): Promise<void> {
    for (const partition of partitions) {
      for (const transaction of this.#pending.get(pendingKey(group, partition)) ?? []) await transaction.ended;
    }
  }

  /** Lets those who ask for these offsets wait until a transaction has ended. */
  await(group: string, offsets: readonly CommittedOffset[], transaction: Transaction): void {
    for (const offset of offsets) {
      const key = pendingKey(group, offset);
      const waiting = this.#pending.get(key) ?? new Set();
      this.#pending.set(key, waiting.add(transaction));
      transaction.ended.then(() => {
        waiting.delete(transaction);
        if (waiting.size === 0 && this.#pending.get(key) === waiting) this.#pending.delete(key);
      });
    }
  }

  /** The entry that commits; they count once it is written. */
  entry(group: string, offsets: readonly CommittedOffset[]): Required<Entry> {
    const stored = offsets.map(({ topic, partition, offset, metadata }) =>
      metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata },
    );
    return {
      puts: () => stored.map((one): Put => [offsetKey(group, one.topic, one.partition), toJson({ group, ...one })]),
      written: () => {
        for (const one of stored) this.#set(group, one);
      },
    };
  }

  /** The entry that forgets all offsets of a topic that is deleted. */
  forget(topic: string): Required<Entry> {
    const gone = [...this.#offsets].flatMap(([group, offsets]) =>
      [...offsets.values()].filter((one) => one.topic === topic).map(({ partition }) => ({ group, partition })),
    );
    return {
      puts: () => gone.map(({ group, partition }): Put => [offsetKey(group, topic, partition), undefined]),
      written: () => {
        for (const { group, partition } of gone) this.#offsets.get(group)?.delete(partitionId({ topic, partition }));
      },
    };
  }

  #set(group: string, offset: CommittedOffset): void {
    const offsets = this.#offsets.get(group) ?? new Map<string, CommittedOffset>();
    offsets.set(partitionId(offset), offset);
    this.#offsets.set(group, offsets);
  }
}

/** Throws when a note is longer than the log keeps. */
export const checkMetadata = (offsets: readonly CommittedOffset[]): void => {
  for (const { metadata, ...place } of offsets) {
    const length = metadata === undefined ? 0 : toUtf8(metadata).length;
    if (length > metadataLimit) {
      throw new TransportError(`the note of a committed offset has ${length} bytes, more than ${metadataLimit}`, place);
    }
  }
};

const pendingKey = (group: string, partition: TopicPartition): string => `${group}/${partitionId(partition)}`;
