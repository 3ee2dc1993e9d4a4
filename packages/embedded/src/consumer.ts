import {
  type Clock,
  type CommittedOffset,
  ConfigError,
  type Consumer,
  type ConsumerOptions,
  FencedError,
  type OffsetQuery,
  type Position,
  type Received,
  type Subscription,
  type TopicPartition,
} from '@kstreams/core';
import { type Group, type Member, partitionId, partitionOf } from './group.js';
import type { Log } from './log.js';

interface Assigned extends TopicPartition {
  next: number;
  paused: boolean;
}

/** A consumer of the embedded log. */
export class EmbeddedConsumer implements Consumer, Member {
  readonly owned = new Set<string>();
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #group: string | undefined;
  readonly #assigned = new Map<string, Assigned>();
  #subscription: Subscription | undefined;
  #wake: (() => void) | undefined;
  #woken = false;

  constructor(log: Log, clock: Clock, { group }: ConsumerOptions) {
    this.#log = log;
    this.#clock = clock;
    this.#group = group;
  }

  get leaders(): readonly string[] {
    return this.#subscription?.leaders ?? [];
  }

  async subscribe(subscription: Subscription): Promise<void> {
    this.#subscription = subscription;
    this.#members().join(this);
  }

  assign(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) {
      this.#assigned.set(partitionId({ topic, partition }), { topic, partition, next: offset, paused: false });
    }
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#assigned.delete(partitionId(one));
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    await this.#rebalance();
    const records = await this.#read(max);
    if (records.length > 0 || wait <= 0 || this.#woken) {
      this.#woken = false;
      return records;
    }
    await this.#sleep(wait);
    this.#woken = false;
    await this.#rebalance();
    return this.#read(max);
  }

  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#with(one, (assigned) => (assigned.paused = true));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#with(one, (assigned) => (assigned.paused = false));
  }

  async seek(position: Position): Promise<void> {
    this.#with(position, (assigned) => (assigned.next = position.offset));
  }

  position(partition: TopicPartition): number | undefined {
    return this.#assigned.get(partitionId(partition))?.next;
  }

  caughtUp(partition: TopicPartition): boolean {
    const assigned = this.#assigned.get(partitionId(partition));
    return assigned === undefined || assigned.next >= this.#log.partition(partition).end;
  }

  async offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    return Promise.all(
      partitions.map(async (one) => {
        const log = this.#log.partition(one);
        if (at === 'earliest') return log.start;
        return at === 'latest' ? log.end : log.offsetAt(at.timestamp);
      }),
    );
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    const group = this.#groupName();
    return partitions.map((one) => this.#log.committed(group, one));
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const lost = offsets.find((one) => !this.#assigned.has(partitionId(one)));
    if (lost !== undefined)
      throw new FencedError('a partition was committed that is not assigned to this member', lost);
    await this.#log.commit(this.#groupName(), offsets);
  }

  async close(): Promise<void> {
    this.#assigned.clear();
    if (this.#subscription !== undefined) this.#members().leave(this);
    this.#subscription = undefined;
    this.wake();
  }

  async #rebalance(): Promise<void> {
    const subscription = this.#subscription;
    if (subscription === undefined) return;
    const whole = (ids: readonly string[]): TopicPartition[] =>
      ids.map(partitionOf).flatMap((leader) => [leader, ...subscription.followers(leader)]);
    const { revoked } = this.#members().share(this);
    if (revoked.length > 0) {
      await subscription.listener.revoked(whole(revoked));
      this.unassign(whole(revoked));
      for (const id of revoked) this.owned.delete(id);
      this.#members().wakeAll();
    }
    const { assigned } = this.#members().share(this);
    if (assigned.length === 0) return;
    for (const id of assigned) this.owned.add(id);
    const positions = await subscription.listener.assigned(whole(assigned));
    this.assign(positions);
    this.pause(positions);
  }

  async #read(max: number): Promise<readonly Received[]> {
    const records: Received[] = [];
    for (const [id, assigned] of [...this.#assigned]) {
      if (assigned.paused || records.length >= max) continue;
      const found = await this.#log.partition(assigned).read(assigned.next, max - records.length);
      const last = found.at(-1);
      if (last === undefined) continue;
      assigned.next = last.offset + 1;
      records.push(...found);
      this.#assigned.delete(id);
      this.#assigned.set(id, assigned);
    }
    return records;
  }

  #sleep(wait: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        forget();
        this.#wake = undefined;
        resolve();
      };
      const cancel = this.#clock.after(wait, done);
      const forget = this.#log.onAppend(done);
      this.#wake = done;
    });
  }

  #with(partition: TopicPartition, change: (assigned: Assigned) => void): void {
    const assigned = this.#assigned.get(partitionId(partition));
    if (assigned !== undefined) change(assigned);
  }

  #members(): Group {
    return this.#log.group(this.#groupName());
  }

  #groupName(): string {
    if (this.#group === undefined) throw new ConfigError('a consumer without a group cannot subscribe or commit');
    return this.#group;
  }
}
