import {
  type Clock,
  type ConsumerOptions,
  FencedError,
  type GroupMember,
  type Position,
  parsePartitionId,
  type Subscription,
  type TopicPartition,
} from '@kstreams/core/graph';
import type { Group, Member, MemberSlot } from './group.js';

/** The partitions of a consumer, as its membership changes them. */
export interface Partitions {
  /** Adds partitions, paused. */
  add(positions: readonly Position[]): void;
  remove(partitions: readonly TopicPartition[]): void;
  /** Returns the offset from which a partition is read, by its id; `undefined` when it is not. */
  begin(partition: string): number | undefined;
  /** Wakes a waiting poll. */
  notify(): void;
}

/** Membership of a consumer in its group: takes and gives up partitions during polls, and calls the listener. */
export class Membership implements Member {
  readonly instanceId: string | undefined;
  readonly identity: GroupMember;
  readonly #group: Group;
  readonly #clock: Clock;
  readonly #partitions: Partitions;
  /** The ids of the partitions that the listener holds. */
  readonly #held = new Set<string>();
  #subscription: Subscription;
  #slot: MemberSlot;
  #left = false;
  /** True once the listener has its first assignment, even an empty one. */
  #assignedOnce = false;

  constructor(
    subscription: Subscription,
    { clientId, instanceId, label }: Pick<ConsumerOptions, 'clientId' | 'instanceId' | 'label'>,
    group: Group,
    clock: Clock,
    partitions: Partitions,
  ) {
    this.instanceId = instanceId;
    this.identity = { name: clientId, ...(label !== undefined && { label }) };
    this.#subscription = subscription;
    this.#group = group;
    this.#clock = clock;
    this.#partitions = partitions;
    this.#slot = group.join(this);
  }

  get topics(): readonly string[] {
    return this.#subscription.topics;
  }

  /** True for a partition that the group has assigned to this member, by its id. */
  holds(partition: string): boolean {
    return this.#held.has(partition);
  }

  /** False once the group has removed or replaced it; commits are fenced then. */
  get current(): boolean {
    return this.#slot.member === this;
  }

  begin(partition: string): number | undefined {
    return this.#partitions.begin(partition);
  }

  notify(): void {
    this.#partitions.notify();
  }

  /** Changes the subscription; partitions of topics in both stay. */
  change(subscription: Subscription): void {
    this.#subscription = subscription;
    this.#slot.topics = subscription.topics;
    this.#group.rebalance();
  }

  /** Marks the member as waiting in a poll, where no timeout applies, or as polling now. */
  setWaiting(waiting: boolean): void {
    if (this.current) this.#slot.seen = waiting ? Number.POSITIVE_INFINITY : this.#clock.monotonic();
  }

  /** Gives up partitions that move, then takes those that are free for it. */
  async rebalance(): Promise<void> {
    if (!this.current) await this.#rejoin();
    this.setWaiting(false);
    const { revoked } = this.#group.share(this.#slot);
    if (revoked.length > 0) {
      const released = await this.#subscription.listener.revoked(revoked.map(parsePartitionId));
      if (!this.current) return;
      for (const id of revoked) this.#held.delete(id);
      this.#partitions.remove(released);
      this.#group.release(this.#slot, revoked);
    }
    const { assigned } = this.#group.share(this.#slot);
    const nothing = this.#slot.target.size === 0 && !this.#assignedOnce;
    if (assigned.length > 0 || nothing) await this.#take(assigned);
  }

  leave(): void {
    this.#left = true;
    if (this.current) this.#group.leave(this.#slot);
  }

  async #take(assigned: readonly string[]): Promise<void> {
    for (const id of assigned) {
      this.#slot.owned.add(id);
      this.#held.add(id);
    }
    this.#assignedOnce = true;
    const positions = await this.#subscription.listener.assigned(assigned.map(parsePartitionId));
    if (this.current) this.#partitions.add(positions);
  }

  /** Reports all partitions as lost and joins again, unless another member has its instance id. */
  async #rejoin(): Promise<void> {
    if (this.#left) return;
    const replaced = this.#slot.member !== undefined;
    const lost = [...this.#held].map(parsePartitionId);
    this.#held.clear();
    this.#assignedOnce = false;
    if (!replaced) this.#slot = this.#group.join(this);
    if (lost.length > 0) this.#partitions.remove(await this.#subscription.listener.lost(lost));
    if (replaced) throw new FencedError(`another member has the instance id "${this.instanceId}"`);
  }
}
