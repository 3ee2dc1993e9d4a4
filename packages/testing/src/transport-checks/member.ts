import {
  type CommittedOffset,
  type Consumer,
  type Position,
  partitionId,
  type Received,
  type TopicPartition,
} from '@kstreams/core/graph';

/** The subscription of a member. */
export interface MemberOptions {
  readonly group: string;
  readonly topics: readonly string[];
  /** The topics with partitions that go with those of the same number; none by default. */
  readonly followers?: readonly string[];
  readonly instanceId?: string;
  readonly label?: string;
  /** Runs before partitions are revoked. */
  readonly revoked?: (member: Member, partitions: readonly string[]) => Promise<void>;
  /** The owners of partitions across a group, which note a partition with two owners as a clash. */
  readonly holders?: Holders;
}

/** The owned partitions of a group, and the partitions that two members owned at once. */
export class Holders {
  readonly clashes: string[] = [];
  readonly #held = new Set<string>();

  take(partition: string): void {
    if (this.#held.has(partition)) this.clashes.push(partition);
    this.#held.add(partition);
  }

  release(partition: string): void {
    this.#held.delete(partition);
  }
}

/** A member of a group that starts at the committed offsets, resumes all partitions and records its events. */
export class Member {
  readonly consumer: Consumer;
  /** The owned partitions, as `topic/partition`. */
  readonly held = new Set<string>();
  /** The revoked and lost partitions, in order. */
  readonly gone: string[] = [];
  readonly records: Received[] = [];
  /** The number of assignments, even empty ones. */
  shares = 0;
  readonly #options: MemberOptions;
  #fresh: readonly TopicPartition[] = [];

  constructor(consumer: Consumer, options: MemberOptions) {
    this.consumer = consumer;
    this.#options = options;
  }

  async join(): Promise<void> {
    const { followers = [], topics } = this.#options;
    const whole = (partitions: readonly TopicPartition[]): readonly TopicPartition[] =>
      partitions.flatMap(({ topic, partition }) => [topic, ...followers].map((one) => ({ topic: one, partition })));
    await this.consumer.subscribe({
      topics,
      listener: {
        assigned: (partitions) => this.#assigned(whole(partitions)),
        revoked: async (partitions) => {
          await this.#options.revoked?.(this, partitions.map(partitionId));
          return this.#letGo(whole(partitions));
        },
        lost: async (partitions) => this.#letGo(whole(partitions)),
      },
    });
  }

  /** Polls once and resumes new partitions. */
  async poll(wait: number): Promise<void> {
    this.records.push(...(await this.consumer.poll(1_000, wait)));
    this.consumer.resume(this.#fresh);
    this.#fresh = [];
  }

  /** Assigns partitions by hand, from their beginning. */
  add(partitions: readonly TopicPartition[]): void {
    this.consumer.assign(partitions.map((one) => ({ ...one, offset: 0 })));
    for (const id of partitions.map(partitionId)) this.#hold(id);
  }

  /** Commits the positions of the owned partitions. */
  async commit(): Promise<void> {
    await this.consumer.commit(this.positions());
  }

  /** Returns the positions of the owned partitions, after the polled records. */
  positions(): readonly CommittedOffset[] {
    return [...this.held].map((id) => {
      const at = id.lastIndexOf('/');
      const partition = { topic: id.slice(0, at), partition: Number(id.slice(at + 1)) };
      return { ...partition, offset: this.consumer.position(partition) ?? 0 };
    });
  }

  /** Leaves the group. */
  async leave(): Promise<void> {
    await this.consumer.close();
    for (const id of this.held) this.#options.holders?.release(id);
    this.held.clear();
  }

  async #assigned(partitions: readonly TopicPartition[]): Promise<readonly Position[]> {
    this.shares++;
    const committed = await this.consumer.committed(partitions);
    for (const id of partitions.map(partitionId)) this.#hold(id);
    this.#fresh = [...this.#fresh, ...partitions];
    return partitions.map((one, i) => ({ ...one, offset: committed[i]?.offset ?? 0 }));
  }

  #hold(id: string): void {
    this.held.add(id);
    this.#options.holders?.take(id);
  }

  #letGo(partitions: readonly TopicPartition[]): readonly TopicPartition[] {
    for (const id of partitions.map(partitionId)) {
      this.held.delete(id);
      this.gone.push(id);
      this.#options.holders?.release(id);
    }
    return partitions;
  }
}
