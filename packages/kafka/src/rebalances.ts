import { type RebalanceListener, type Subscription, type TopicPartition, TransportError } from '@kstreams/core/graph';
import type { NativeConsumer, NativeError } from './addon.js';
import { codes } from './errors.js';
import type { Reader } from './reader.js';

interface Move {
  readonly kind: 'assigned' | 'revoked' | 'lost';
  readonly leaders: readonly TopicPartition[];
}

/**
 * Carries out what the group decides. The client tells it at any time; it waits here until the next poll, and the group
 * waits with it, until the listener is done and the partitions were taken or let go of.
 *
 * The group divides the leaders only. Followers are taken and let go of together with their leaders: the client does not
 * mind that the group has never heard of them.
 */
export class Rebalances {
  readonly #native: NativeConsumer;
  readonly #reader: Reader;
  readonly #waiting: Move[] = [];
  #abandoned = false;
  subscription: Subscription | undefined;

  constructor(native: NativeConsumer, reader: Reader) {
    this.#native = native;
    this.#reader = reader;
  }

  get waiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether the group has given partitions of this member to others, who may be at work already. */
  get lost(): boolean {
    return this.#waiting.some(({ kind }) => kind === 'lost');
  }

  /** What the group has just said. */
  told({ code }: NativeError, partitions: readonly TopicPartition[]): void {
    if (this.#abandoned) {
      this.#agree(code === codes.assign);
      return;
    }
    const leaders = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const kind = code === codes.assign ? 'assigned' : this.#native.assignmentLost() ? 'lost' : 'revoked';
    this.#waiting.push({ kind, leaders });
  }

  /**
   * Agrees to what the group says and what it still waits for, without telling anyone: a consumer that closes would wait
   * for it for ever.
   */
  abandon(): void {
    this.#abandoned = true;
    this.#reader.removeAll();
    for (const { kind } of this.#waiting.splice(0)) this.#agree(kind === 'assigned');
  }

  /** Carries out all that waits, in order. */
  async run(): Promise<void> {
    const { subscription } = this;
    // A move leaves the line when it is done: one whose listener failed is agreed to in the end.
    for (; this.#waiting[0] !== undefined && subscription !== undefined; this.#waiting.shift()) {
      const { kind, leaders } = this.#waiting[0];
      const partitions = leaders.flatMap((leader) => [leader, ...subscription.followers(leader)]);
      if (kind === 'assigned') await this.#take(subscription.listener, partitions);
      else await this.#letGo((held) => subscription.listener[kind](held), partitions);
    }
  }

  async #take(listener: RebalanceListener, partitions: readonly TopicPartition[]): Promise<void> {
    const positions = await listener.assigned(partitions);
    for (const one of partitions) {
      if (positions.some(({ topic, partition }) => topic === one.topic && partition === one.partition)) continue;
      throw new TransportError('a partition was assigned, and the listener did not say where to begin', one);
    }
    this.#reader.add(positions, true);
  }

  async #letGo(
    tell: (held: readonly TopicPartition[]) => Promise<void>,
    partitions: readonly TopicPartition[],
  ): Promise<void> {
    const held = partitions.filter((one) => this.#reader.find(one) !== undefined);
    try {
      if (held.length > 0) await tell(held);
    } finally {
      this.#reader.remove(held);
    }
  }

  /**
   * The answer that a client which closes waits for: there is nothing to take, and all was let go of. One that is closed by
   * now waits for none, and throws.
   */
  #agree(assigned: boolean): void {
    try {
      if (assigned) this.#native.incrementalAssign([]);
      else this.#native.incrementalUnassign([]);
    } catch {}
  }
}
