import {
  FencedError,
  type Position,
  partitionId,
  type RebalanceListener,
  type Subscription,
  type TopicPartition,
} from '@kstreams/core/graph';

/** A change of the partitions of a member. */
export type RebalanceKind = 'assigned' | 'revoked' | 'lost';

/** One step of a rebalance: partitions of the subscribed topics that this member gains or loses. */
interface RebalanceStep {
  readonly kind: RebalanceKind;
  readonly partitions: readonly TopicPartition[];
}

/** The part of a fetcher that a rebalance changes. */
export interface Assignment {
  /** Returns an assigned partition; `undefined` for another one. */
  find(partition: TopicPartition): TopicPartition | undefined;
  /** Adds partitions at these positions. */
  add(positions: readonly Position[], paused: boolean): void;
  remove(partitions: readonly TopicPartition[]): void;
  removeAll(): void;
}

/**
 * The pending rebalances of a group member. They are announced at any time; they run during the next poll. The
 * group waits until the listener has finished and the partitions are assigned or unassigned.
 *
 * The listener decides which partitions are read for those that the group assigns: the client also fetches partitions that
 * the group did not assign.
 */
export class RebalanceQueue {
  readonly #assignment: Assignment;
  readonly #acknowledge: (kind: RebalanceKind) => void;
  readonly #pending: RebalanceStep[] = [];
  /** The partitions that the group has assigned to this member. */
  readonly #held = new Set<string>();
  #subscription: Subscription | undefined;
  #abandoned = false;

  /** `acknowledge` ends a rebalance that no listener handles. */
  constructor(assignment: Assignment, acknowledge: (kind: RebalanceKind) => void) {
    this.#assignment = assignment;
    this.#acknowledge = acknowledge;
  }

  /** True when a poll has rebalances to run. */
  get pending(): boolean {
    return this.#pending.length > 0;
  }

  /** True when other members may own partitions of this member already. */
  get lost(): boolean {
    return this.#pending.some(({ kind }) => kind === 'lost');
  }

  /**
   * Checks that this member has the partitions: a commit must not overwrite the offset of another member.
   *
   * @throws FencedError for a partition that is not assigned.
   */
  checkAssigned(partitions: readonly TopicPartition[]): void {
    const missing = partitions.find((one) => this.#assignment.find(one) === undefined && !this.#holds(one));
    if (missing === undefined) return;
    const { topic, partition } = missing;
    throw new FencedError('an offset was committed for a partition that is not assigned to this member', {
      topic,
      partition,
    });
  }

  /** Sets the listener. */
  subscribe(subscription: Subscription): void {
    this.#subscription = subscription;
  }

  /** Adds a rebalance. */
  enqueue(kind: RebalanceKind, partitions: readonly TopicPartition[]): void {
    if (this.#abandoned) {
      this.#acknowledge(kind);
      return;
    }
    this.#pending.push({ kind, partitions: partitions.map(({ topic, partition }) => ({ topic, partition })) });
  }

  /** Acknowledges pending and later rebalances without the listener: otherwise closing the client never ends. */
  abandon(): void {
    this.#abandoned = true;
    this.#assignment.removeAll();
    for (const { kind } of this.#pending.splice(0)) this.#acknowledge(kind);
  }

  /** Runs all pending rebalances in order. A step whose listener throws stays pending, for {@link abandon}. */
  async run(): Promise<void> {
    const subscription = this.#subscription;
    if (subscription === undefined) return;
    for (; this.#pending[0] !== undefined; this.#pending.shift()) {
      const { kind, partitions } = this.#pending[0];
      if (kind === 'assigned') await this.#assign(subscription.listener, partitions);
      else await this.#unassign((held) => subscription.listener[kind](held), partitions);
    }
  }

  /** True for a partition that the group has assigned to this member. */
  #holds(partition: TopicPartition): boolean {
    return this.#held.has(partitionId(partition));
  }

  async #assign(listener: RebalanceListener, partitions: readonly TopicPartition[]): Promise<void> {
    for (const one of partitions) this.#held.add(partitionId(one));
    this.#assignment.add(await listener.assigned(partitions), true);
  }

  async #unassign(
    release: (held: readonly TopicPartition[]) => Promise<readonly TopicPartition[]>,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    const held = partitions.filter((one) => this.#holds(one));
    const released = held.length === 0 ? [] : await release(held);
    for (const one of held) this.#held.delete(partitionId(one));
    this.#assignment.remove(released);
  }
}
