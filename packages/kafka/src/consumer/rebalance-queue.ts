import { partitionId, type RebalanceListener, type Subscription, type TopicPartition } from '@kstreams/core/graph';
import type { NativeAssignment } from '../client/addon.js';
import { codes } from '../client/errors.js';
import type { Fetcher } from './fetcher.js';

/** One step of a rebalance: partitions of the subscribed topics that this member gains or loses. */
interface RebalanceStep {
  readonly kind: 'assigned' | 'revoked' | 'lost';
  readonly partitions: readonly TopicPartition[];
}

/** The part of a fetcher that a rebalance changes. */
type Assignment = Pick<Fetcher, 'add' | 'remove' | 'removeAll'>;

/**
 * The pending rebalances of a group member. The client announces them at any time; they run during the next poll. The
 * group waits until the listener has finished and the partitions are assigned or unassigned.
 *
 * The listener decides which partitions are read for those that the group assigns: the client also fetches partitions that
 * the group did not assign.
 */
export class RebalanceQueue {
  readonly #native: NativeAssignment;
  readonly #assignment: Assignment;
  readonly #pending: RebalanceStep[] = [];
  /** The partitions that the group has assigned to this member. */
  readonly #held = new Set<string>();
  #subscription: Subscription | undefined;
  #abandoned = false;

  constructor(native: NativeAssignment, assignment: Assignment) {
    this.#native = native;
    this.#assignment = assignment;
  }

  /** True when a poll has rebalances to run. */
  get pending(): boolean {
    return this.#pending.length > 0;
  }

  /** True when other members may own partitions of this member already. */
  get lost(): boolean {
    return this.#pending.some(({ kind }) => kind === 'lost');
  }

  /** True for a partition that the group has assigned to this member. */
  holds(partition: TopicPartition): boolean {
    return this.#held.has(partitionId(partition));
  }

  /** Sets the listener. */
  subscribe(subscription: Subscription): void {
    this.#subscription = subscription;
  }

  /** Adds a rebalance by its code; for the client's `rebalance_cb`. */
  enqueue(code: number, partitions: readonly TopicPartition[]): void {
    if (this.#abandoned) {
      this.#acknowledge(code === codes.assign);
      return;
    }
    const kind = code === codes.assign ? 'assigned' : this.#native.assignmentLost() ? 'lost' : 'revoked';
    this.#pending.push({ kind, partitions: partitions.map(({ topic, partition }) => ({ topic, partition })) });
  }

  /** Acknowledges pending and later rebalances without the listener: otherwise closing the client never ends. */
  abandon(): void {
    this.#abandoned = true;
    this.#assignment.removeAll();
    for (const { kind } of this.#pending.splice(0)) this.#acknowledge(kind === 'assigned');
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

  async #assign(listener: RebalanceListener, partitions: readonly TopicPartition[]): Promise<void> {
    for (const one of partitions) this.#held.add(partitionId(one));
    this.#assignment.add(await listener.assigned(partitions), true);
  }

  async #unassign(
    release: (held: readonly TopicPartition[]) => Promise<readonly TopicPartition[]>,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    const held = partitions.filter((one) => this.holds(one));
    const released = held.length === 0 ? [] : await release(held);
    for (const one of held) this.#held.delete(partitionId(one));
    this.#assignment.remove(released);
  }

  #acknowledge(assigned: boolean): void {
    try {
      if (assigned) this.#native.incrementalAssign([]);
      else this.#native.incrementalUnassign([]);
    } catch {
      // A disconnected client throws, and needs no acknowledgement.
    }
  }
}
