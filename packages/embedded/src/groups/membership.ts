import {
  type Clock,
  FencedError,
  type Position,
  parsePartitionId,
  type Subscription,
  type TopicPartition,
} from '@kstreams/core/graph';
import type { Group, Member, Seat } from './group.js';

/** What a membership does to its consumer. */
export interface Partitions {
  /** Adds partitions, held back. */
  add(positions: readonly Position[]): void;
  remove(partitions: readonly TopicPartition[]): void;
  has(partition: TopicPartition): boolean;
  /** Ends a pending sleep. */
  notify(): void;
}

/** A consumer's part in its group: takes and gives up partitions while it polls, and tells the listener. */
export class Membership implements Member {
  readonly instanceId: string | undefined;
  readonly #group: Group;
  readonly #clock: Clock;
  readonly #partitions: Partitions;
  /** What was given to the listener: the leader's partition by its id, with its followers. */
  readonly #given = new Map<string, readonly TopicPartition[]>();
  #subscription: Subscription;
  #seat: Seat;
  #left = false;
  /** Whether the listener has heard what its share is. */
  #told = false;

  constructor(
    subscription: Subscription,
    instanceId: string | undefined,
    group: Group,
    clock: Clock,
    partitions: Partitions,
  ) {
    this.instanceId = instanceId;
    this.#subscription = subscription;
    this.#group = group;
    this.#clock = clock;
    this.#partitions = partitions;
    this.#seat = group.join(this);
  }

  get leaders(): readonly string[] {
    return this.#subscription.leaders;
  }

  /** False once others took its place: nothing may be committed then. */
  get current(): boolean {
    return this.#seat.member === this;
  }

  notify(): void {
    this.#partitions.notify();
  }

  /** Subscribes to something else; what it has and may keep stays. */
  change(subscription: Subscription): void {
    this.#subscription = subscription;
    this.#seat.leaders = subscription.leaders;
    this.#group.rebalance();
  }

  /** Says whether it waits for records: a member that waits is not late. */
  waits(waiting: boolean): void {
    if (this.current) this.#seat.seen = waiting ? Number.POSITIVE_INFINITY : this.#clock.now();
  }

  /** Gives up what is to move, then takes what is free for it. */
  async turn(): Promise<void> {
    if (!this.current) await this.#rejoin();
    this.waits(false);
    const { revoked } = this.#group.share(this.#seat);
    if (revoked.length > 0) {
      const partitions = this.#whole(revoked);
      await this.#subscription.listener.revoked(partitions);
      if (!this.current) return;
      this.#forget(revoked, partitions);
      this.#group.release(this.#seat, revoked);
    }
    const { assigned } = this.#group.share(this.#seat);
    const nothing = this.#seat.target.size === 0 && !this.#told;
    if (assigned.length > 0 || nothing) await this.#take(assigned);
  }

  leave(): void {
    this.#left = true;
    if (this.current) this.#group.leave(this.#seat);
  }

  async #take(assigned: readonly string[]): Promise<void> {
    for (const id of assigned) {
      const leader = parsePartitionId(id);
      this.#seat.owned.add(id);
      this.#given.set(id, [leader, ...this.#subscription.followers(leader)]);
    }
    this.#told = true;
    const positions = await this.#subscription.listener.assigned(this.#whole(assigned));
    if (this.current) this.#partitions.add(positions);
  }

  /** Others took this member's place: all is lost. It may come again unless another has its instance id. */
  async #rejoin(): Promise<void> {
    if (this.#left) return;
    const replaced = this.#seat.member !== undefined;
    const ids = [...this.#given.keys()];
    const partitions = this.#whole(ids);
    this.#forget(ids, partitions);
    this.#told = false;
    if (!replaced) this.#seat = this.#group.join(this);
    if (partitions.length > 0) await this.#subscription.listener.lost(partitions);
    if (replaced) throw new FencedError(`another member has the instance id "${this.instanceId}"`);
  }

  /** What goes with leaders: what was given with them, and what was added by hand and follows them by now. */
  #whole(ids: readonly string[]): TopicPartition[] {
    return ids.flatMap((id) => {
      const given = this.#given.get(id) ?? [];
      const joined = this.#subscription
        .followers(parsePartitionId(id))
        .filter((one) => this.#partitions.has(one) && !given.some((other) => isSame(one, other)));
      return [...given, ...joined];
    });
  }

  #forget(ids: readonly string[], partitions: readonly TopicPartition[]): void {
    for (const id of ids) this.#given.delete(id);
    this.#partitions.remove(partitions);
  }
}

const isSame = (one: TopicPartition, other: TopicPartition): boolean =>
  one.topic === other.topic && one.partition === other.partition;
