import {
  type CommittedOffset,
  type Consumer,
  type ConsumerOptions,
  type OffsetQuery,
  type Position,
  partitionId,
  type Received,
  type Subscription,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import type { Coming } from '../schedule/scheduler.js';
import type { SimulatedProcess } from './simulated-process.js';

/** How long a poll waits at most before it looks again, in virtual ms. */
const look = 100;

/** A consumer of a simulated process: everything that it waits for, the scheduler decides. */
export class SimulatedConsumer implements Consumer {
  /** The consumer of the log behind it. */
  readonly inner: Consumer;
  /** Whose consumer it is. */
  readonly process: SimulatedProcess;
  /** The name of the client. */
  readonly client: string;
  readonly #grouped: boolean;
  /** The partitions that the group has taken from this consumer. */
  readonly #gone = new Set<string>();
  #woken = false;
  #sleep: { readonly coming: Coming; readonly end: () => void } | undefined;

  constructor(inner: Consumer, process: SimulatedProcess, { clientId, group }: ConsumerOptions) {
    this.inner = inner;
    this.process = process;
    this.client = clientId;
    this.#grouped = group !== undefined;
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const { invariants } = this.process.surroundings;
    const { listener } = subscription;
    const gone = (partitions: readonly TopicPartition[]): void => {
      for (const one of partitions) this.#gone.add(partitionId(one));
      invariants.released(this, partitions);
    };
    await this.process.turn('subscribe');
    await this.inner.subscribe({
      ...subscription,
      listener: {
        assigned: async (partitions) => {
          for (const one of partitions) this.#gone.delete(partitionId(one));
          invariants.assigned(this, partitions);
          const positions = await listener.assigned(partitions);
          invariants.begins(this, positions);
          return positions;
        },
        revoked: async (partitions) => {
          await this.process.turn('revoked');
          const leaving = invariants.leaving(this, partitions);
          await listener.revoked(partitions);
          leaving.ready();
          gone(partitions);
        },
        lost: async (partitions) => {
          gone(partitions);
          await this.process.turn('lost');
          await listener.lost(partitions);
        },
      },
    });
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    const { faults, random, scheduler, invariants } = this.process.surroundings;
    const deadline = scheduler.now + wait;
    const slow = !this.#grouped && faults.draw('slow', 0.2);
    if (slow) this.process.hurt = true;
    const delay = slow ? random.between(100, 3_000) : 0;
    for (;;) {
      await this.process.turn('poll', delay);
      const records = await this.inner.poll(Math.min(max, 1 + random.below(this.#grouped ? 12 : 30)), 0);
      const left = deadline - scheduler.now;
      if (records.length > 0 || this.#woken || left <= 0) {
        this.#woken = false;
        if (this.#grouped) invariants.read(this, records);
        return records;
      }
      await this.#rest(Math.min(left, 1 + random.below(look)));
    }
  }

  wake(): void {
    this.#woken = true;
    this.#sleep?.end();
    this.inner.wake();
  }

  assign(positions: readonly Position[]): void {
    this.inner.assign(positions);
    this.#sleep?.end();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.inner.unassign(partitions);
  }

  pause(partitions: readonly TopicPartition[]): void {
    this.inner.pause(partitions);
  }

  resume(partitions: readonly TopicPartition[]): void {
    this.inner.resume(partitions);
    this.#sleep?.end();
  }

  async seek(position: Position): Promise<void> {
    await this.process.ask('seek', () => this.inner.seek(position));
    this.process.surroundings.invariants.sought(this, position);
  }

  position(partition: TopicPartition): number | undefined {
    return this.inner.position(partition);
  }

  caughtUp(partition: TopicPartition): boolean {
    return this.inner.caughtUp(partition);
  }

  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    return this.process.ask('offsets', () => this.inner.offsets(partitions, at));
  }

  committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    return this.process.ask('committed', () => this.inner.committed(partitions));
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const { random, invariants } = this.process.surroundings;
    this.owns(offsets);
    await this.process.ask(
      'offsets of a commit',
      async () => {
        await this.inner.commit(offsets);
        invariants.committed(this, offsets);
      },
      {
        kind: 'offsets',
        error: () => new TransportError('the simulated log refused offsets', {}, undefined, random.chance(0.6)),
      },
    );
  }

  /** Notes it as broken law when offsets are committed of partitions that this consumer was told are gone. */
  owns(offsets: readonly TopicPartition[]): void {
    const lost = offsets.find((one) => this.#gone.has(partitionId(one)));
    if (lost === undefined) return;
    this.process.surroundings.invariants.broken(
      `${this.process.name} committed ${partitionId(lost)} after it had been taken`,
    );
  }

  async close(): Promise<void> {
    this.#sleep?.end();
    await this.process.ask('close of a consumer', async () => {
      await this.inner.close();
      this.process.surroundings.invariants.left(this);
    });
  }

  async #rest(ms: number): Promise<void> {
    const { scheduler } = this.process.surroundings;
    await new Promise<void>((resolve) => {
      const coming = scheduler.after(this.process, 'waits for records', ms, resolve);
      const end = (): void => {
        scheduler.cancel(coming);
        if (this.#sleep?.coming === coming) this.#sleep = undefined;
        scheduler.after(this.process, 'is woken', 0, resolve);
      };
      this.#sleep = { coming, end };
    });
    this.#sleep = undefined;
  }
}
