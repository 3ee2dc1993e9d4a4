import { type CommittedOffset, partitionId, type TopicPartition, type Write } from '@kstreams/core/graph';
import { fromJson, offsetKey, tableRange, toJson } from '../log/layout.js';
import type { Metadata } from '../log/metadata.js';
import type { WriteEntry } from '../log/writer.js';
import type { Transaction } from '../transactions/transaction.js';

type Stored = CommittedOffset & { readonly group: string };

/** Committed offsets of all groups: in memory for reading, one row each in the storage. */
export class GroupOffsets {
  readonly #offsets = new Map<string, Map<string, CommittedOffset>>();
  /** Open transactions that may still change an offset. */
  readonly #pending = new Map<string, Set<Transaction>>();

  /** Reads the stored offsets. */
  constructor(metadata: Metadata) {
    for (const [, row] of metadata.read(...tableRange('offset'))) {
      const { group, ...committed } = fromJson<Stored>(row, 'group', 'topic', 'partition', 'offset');
      this.#set(group, committed);
    }
  }

  /** Returns the committed offset of a group, or `undefined`. */
  committed(group: string, partition: TopicPartition): CommittedOffset | undefined {
    return this.#offsets.get(group)?.get(partitionId(partition));
  }

  /** Resolves when no open transaction holds offsets of the partitions. */
  async settled(group: string, partitions: readonly TopicPartition[]): Promise<void> {
    for (const partition of partitions) {
      for (const transaction of this.#pending.get(pendingKey(group, partition)) ?? []) await transaction.ended;
    }
  }

  /** Resolves when no open transaction holds offsets of the group. */
  async settledGroup(group: string): Promise<void> {
    for (const [key, transactions] of this.#pending) {
      if (!key.startsWith(pendingPrefix(group))) continue;
      for (const transaction of transactions) await transaction.ended;
    }
  }

  /** Makes {@link settled} wait for a transaction that holds these offsets. */
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

  /** Returns the entry that commits offsets; they are readable once it is written. */
  entry(group: string, offsets: readonly CommittedOffset[]): Required<WriteEntry> {
    const stored = offsets.map(({ topic, partition, offset, metadata }) =>
      metadata === undefined ? { topic, partition, offset } : { topic, partition, offset, metadata },
    );
    return {
      writes: () => stored.map((one): Write => [offsetKey(group, one.topic, one.partition), toJson({ group, ...one })]),
      written: () => {
        for (const one of stored) this.#set(group, one);
      },
    };
  }

  /** Returns the entry that deletes all offsets of a deleted topic. */
  forget(topic: string): Required<WriteEntry> {
    const gone = [...this.#offsets].flatMap(([group, offsets]) =>
      [...offsets.values()].filter((one) => one.topic === topic).map(({ partition }) => ({ group, partition })),
    );
    return {
      writes: () => gone.map(({ group, partition }): Write => [offsetKey(group, topic, partition), undefined]),
      written: () => {
        for (const { group, partition } of gone) this.#offsets.get(group)?.delete(partitionId({ topic, partition }));
      },
    };
  }

  /** Returns the entry that deletes all offsets of a group. */
  forgetGroup(group: string): Required<WriteEntry> {
    const gone = [...(this.#offsets.get(group)?.values() ?? [])];
    return {
      writes: () => gone.map(({ partition, topic }): Write => [offsetKey(group, topic, partition), undefined]),
      written: () => {
        for (const one of gone) this.#offsets.get(group)?.delete(partitionId(one));
      },
    };
  }

  #set(group: string, offset: CommittedOffset): void {
    const offsets = this.#offsets.get(group) ?? new Map<string, CommittedOffset>();
    offsets.set(partitionId(offset), offset);
    this.#offsets.set(group, offsets);
  }
}

const pendingKey = (group: string, partition: TopicPartition): string =>
  `${pendingPrefix(group)}${partitionId(partition)}`;

const pendingPrefix = (group: string): string => `${JSON.stringify(group)} `;
