import type { CommittedOffset, Consumer, TopicPartition } from '@kstreams/core/graph';
import { cooperativeSticky } from './cooperative-sticky.js';

/** The committed offsets of a group. */
type Offsets = Pick<Consumer, 'committed' | 'commit'>;

/** The placement of a member: what it takes with partitions, and gives up with them. */
export interface ModelMember<P> {
  readonly placement: P;
  take(partitions: readonly TopicPartition[]): Promise<unknown>;
  leave(partitions: readonly TopicPartition[]): Promise<{ readonly complete: () => Promise<void> }>;
}

/** A group that divides one topic as librdkafka's cooperative-sticky assignor does, with members that place tasks. */
export class ModelGroup<P> {
  readonly members = new Map<string, ModelMember<P>>();
  /** The partitions of each member. */
  owned = new Map<string, ReadonlySet<number>>();
  /** The number of rebalances. */
  rebalances = 0;
  readonly #topic: string;
  readonly #partitions: number;
  readonly #open: (id: string, offsets: Offsets) => ModelMember<P>;
  readonly #committed = new Map<number, CommittedOffset>();

  constructor(topic: string, partitions: number, open: (id: string, offsets: Offsets) => ModelMember<P>) {
    this.#topic = topic;
    this.#partitions = partitions;
    this.#open = open;
  }

  /** Adds members at once, and rebalances until nothing moves. */
  async join(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.members.set(id, this.#open(id, this.#offsets));
      this.owned.set(id, new Set());
    }
    await this.#settle();
  }

  /** Removes members that have crashed, and rebalances until nothing moves. */
  async crash(...ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      this.members.delete(id);
      this.owned.delete(id);
    }
    if (this.members.size > 0) await this.#settle();
  }

  get #offsets(): Offsets {
    return {
      committed: async (partitions) => partitions.map(({ partition }) => this.#committed.get(partition)),
      commit: async (offsets) => {
        for (const one of offsets) this.#committed.set(one.partition, one);
      },
    };
  }

  async #settle(): Promise<void> {
    for (let moves = true; moves; ) {
      this.rebalances++;
      const held = this.owned;
      const members = [...this.members.keys()].map((id) => ({ id, owned: held.get(id) ?? new Set<number>() }));
      this.owned = new Map(cooperativeSticky(members, this.#partitions));
      const lacking = (from: ReadonlySet<number>, to: ReadonlySet<number> | undefined): TopicPartition[] =>
        [...from].filter((one) => !to?.has(one)).map((partition) => ({ topic: this.#topic, partition }));
      const departures = await Promise.all(
        members.flatMap(({ id, owned }) => {
          const revoked = lacking(owned, this.owned.get(id));
          return revoked.length === 0 ? [] : [this.members.get(id)?.leave(revoked)];
        }),
      );
      for (const departure of departures) await departure?.complete();
      for (const [id, share] of this.owned) await this.members.get(id)?.take(lacking(share, held.get(id)));
      moves = departures.length > 0;
    }
  }
}
