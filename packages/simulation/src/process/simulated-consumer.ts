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
import type { ScheduledEvent } from '../schedule/scheduler.js';
import type { ProcessActor } from './process-actor.js';

/** The longest pause between two looks of a poll, in virtual ms. */
const maxPause = 100;

/** A consumer of a simulated process. The scheduler decides when each of its calls completes. */
export class SimulatedConsumer implements Consumer {
  /** The consumer of the log behind it. */
  readonly inner: Consumer;
  readonly process: ProcessActor;
  /** The client id. */
  readonly client: string;
  readonly #grouped: boolean;
  /** The partitions that the group has revoked from this consumer. */
  readonly #revoked = new Set<string>();
  #woken = false;
  #sleep: { readonly event: ScheduledEvent; readonly end: () => void } | undefined;

  constructor(inner: Consumer, process: ProcessActor, { clientId, group }: ConsumerOptions) {
    this.inner = inner;
    this.process = process;
    this.client = clientId;
    this.#grouped = group !== undefined;
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const { invariants } = this.process.surroundings;
    const { listener } = subscription;
    const release = (partitions: readonly TopicPartition[]): readonly TopicPartition[] => {
      for (const one of partitions) this.#revoked.add(partitionId(one));
      invariants.released(this, partitions);
      return partitions;
    };
    await this.process.turn('subscribe');
    await this.inner.subscribe({
      ...subscription,
      listener: {
        assigned: async (partitions) => {
          for (const one of partitions) this.#revoked.delete(partitionId(one));
          const { started } = invariants.assigning(this);
          const positions = await listener.assigned(partitions);
          for (const one of positions) this.#revoked.delete(partitionId(one));
          started(positions);
          return positions;
        },
        revoked: async (partitions) => {
          await this.process.turn('revoked');
          const revoking = invariants.revoking(this);
          const released = await listener.revoked(partitions);
          revoking.ready(released);
          for (const one of partitions) this.#revoked.add(partitionId(one));
          return release(released);
        },
        lost: async (partitions) => {
          for (const one of partitions) this.#revoked.add(partitionId(one));
          await this.process.turn('lost');
          return release(await listener.lost(partitions));
        },
      },
    });
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    const { faults, random, scheduler, invariants } = this.process.surroundings;
    const deadline = scheduler.now + wait;
    const slow = !this.#grouped && faults.draw('slow', 0.2);
    if (slow) this.process.faulted = true;
    const delay = slow ? random.between(100, 3_000) : 0;
    for (;;) {
      await this.process.turn('poll', delay);
      const records = await this.inner.poll(Math.min(max, 1 + random.below(this.#grouped ? 12 : 30)), 0);
      const left = deadline - scheduler.now;
      if (records.length > 0 || this.#woken || left <= 0) {
        this.#woken = false;
        if (this.#grouped) invariants.recordsRead(this, records);
        return records;
      }
      await this.#pause(Math.min(left, 1 + random.below(maxPause)));
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
    await this.process.call('seek', () => this.inner.seek(position));
    this.process.surroundings.invariants.positionMoved(this, position);
  }

  position(partition: TopicPartition): number | undefined {
    return this.inner.position(partition);
  }

  caughtUp(partition: TopicPartition): boolean {
    return this.inner.caughtUp(partition);
  }

  lastEnd(partition: TopicPartition): number | undefined {
    return this.inner.lastEnd?.(partition);
  }

  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    return this.process.call('offsets', () => this.inner.offsets(partitions, at));
  }

  committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    return this.process.call('committed', () => this.inner.committed(partitions));
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const { random, invariants } = this.process.surroundings;
    this.checkOwned(offsets);
    await this.process.call(
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

  /** Checks that none of the partitions to commit was revoked before. */
  checkOwned(offsets: readonly TopicPartition[]): void {
    const lost = offsets.find((one) => this.#revoked.has(partitionId(one)));
    if (lost === undefined) return;
    this.process.surroundings.invariants.violate(
      `${this.process.name} committed ${partitionId(lost)} after its revocation`,
    );
  }

  async close(): Promise<void> {
    this.#sleep?.end();
    await this.process.call('close of a consumer', async () => {
      await this.inner.close();
      this.process.surroundings.invariants.left(this);
    });
  }

  async #pause(ms: number): Promise<void> {
    const { scheduler } = this.process.surroundings;
    await new Promise<void>((resolve) => {
      const event = scheduler.after(this.process, 'poll pause', ms, resolve);
      const end = (): void => {
        scheduler.cancel(event);
        if (this.#sleep?.event === event) this.#sleep = undefined;
        scheduler.after(this.process, 'wake', 0, resolve);
      };
      this.#sleep = { event, end };
    });
    this.#sleep = undefined;
  }
}
