import {
  type Cancel,
  type Clock,
  type CommittedOffset,
  ConfigError,
  type Consumer,
  type ConsumerOptions,
  FencedError,
  type Isolation,
  type OffsetQuery,
  type Position,
  partitionId,
  type Received,
  type Subscription,
  type Telemetry,
  type TopicPartition,
  WakeSignal,
} from '@kstreams/core/graph';
import { Membership } from '../groups/membership.js';
import type { Log } from '../log/log.js';
import { Cursor } from './cursor.js';
import { instruments } from './instruments.js';

/** Consumer of the embedded log. */
export class EmbeddedConsumer implements Consumer {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #group: string | undefined;
  readonly #options: ConsumerOptions;
  readonly #isolation: Isolation;
  /** Cursors by partition; the one read last comes last, which makes reads fair. */
  readonly #cursors = new Map<string, Cursor>();
  #membership: Membership | undefined;
  readonly #signal: WakeSignal;
  readonly #reads = { hits: 0, misses: 0 };
  readonly #removals: readonly Cancel[];
  #woken = false;

  constructor(log: Log, options: ConsumerOptions) {
    const { clientId, group, isolation = 'committed', telemetry } = options;
    this.#log = log;
    this.#clock = log.clock;
    this.#signal = new WakeSignal(log.clock);
    this.#group = group;
    this.#options = options;
    this.#isolation = isolation;
    this.#removals = telemetry === undefined ? [] : this.#register(telemetry, clientId);
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const name = this.#groupName();
    if (this.#membership !== undefined) return this.#membership.change(subscription);
    this.#membership = new Membership(subscription, this.#options, this.#log.group(name), this.#clock, {
      add: (positions) => {
        this.assign(positions);
        this.pause(positions);
      },
      remove: (partitions) => this.unassign(partitions),
      begin: (partition) => this.#cursors.get(partition)?.begin,
      notify: () => this.#signal.notify(),
    });
  }

  assign(positions: readonly Position[]): void {
    for (const { topic, partition, offset } of positions) {
      const log = this.#log.topics.partition({ topic, partition });
      log.checkPosition(offset);
      this.#cursors.set(partitionId(log), new Cursor(log, this.#isolation, offset, this.#reads, this.#options.removed));
    }
    this.#signal.notify();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#cursors.delete(partitionId(one));
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    const deadline = this.#clock.monotonic() + wait;
    this.#log.cleaner.tend();
    for (;;) {
      await this.#log.slice.yieldIfOver();
      this.#log.writer.check();
      const seen = this.#signal.count;
      await this.#membership?.rebalance();
      await this.#fetch(max);
      const records = this.#take(max);
      const left = deadline - this.#clock.monotonic();
      if (records.length > 0 || this.#woken || left <= 0) {
        this.#woken = false;
        return records;
      }
      this.#membership?.setWaiting(true);
      await this.#sleep(seen, left);
      this.#membership?.setWaiting(false);
    }
  }

  wake(): void {
    this.#woken = true;
    this.#signal.notify();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#with(one, (cursor) => (cursor.paused = true));
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#with(one, (cursor) => (cursor.paused = false));
    this.#signal.notify();
  }

  async seek(position: Position): Promise<void> {
    this.#with(position, (cursor) => {
      cursor.log.checkPosition(position.offset);
      cursor.seek(position.offset);
    });
    this.#signal.notify();
  }

  position(partition: TopicPartition): number | undefined {
    return this.#cursors.get(partitionId(partition))?.next;
  }

  caughtUp(partition: TopicPartition): boolean {
    return this.#cursors.get(partitionId(partition))?.caughtUp ?? true;
  }

  lastEnd(partition: TopicPartition): number | undefined {
    return this.#cursors.get(partitionId(partition))?.end;
  }

  async offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    const logs = partitions.map((one) => this.#log.topics.partition(one));
    if (at === 'earliest') return logs.map(({ start }) => start);
    if (at === 'latest-written') return logs.map(({ end }) => end);
    if (at === 'latest') return logs.map((log) => log.readable(this.#isolation));
    return Promise.all(logs.map((log) => log.offsetAt(at.timestamp, this.#isolation)));
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    return this.#log.committed(this.#groupName(), partitions);
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    await this.#log.commit(this.fence(offsets), offsets);
  }

  /** Returns the group if this consumer may commit these offsets for it; throws `FencedError` otherwise. */
  fence(offsets: readonly CommittedOffset[]): string {
    const group = this.#groupName();
    if (this.#membership === undefined) {
      if (this.#log.group(group).empty) return group;
      throw new FencedError(`group "${group}" has members: only they commit for it`);
    }
    if (!this.#membership.current) throw new FencedError(`this consumer is no member of group "${group}" any more`);
    const held = this.#membership;
    const lost = offsets.find((one) => !this.#cursors.has(partitionId(one)) && !held.holds(partitionId(one)));
    if (lost === undefined) return group;
    throw new FencedError('a partition was committed that this member does not have', lost);
  }

  async close(): Promise<void> {
    for (const remove of this.#removals) remove();
    this.#cursors.clear();
    this.#membership?.leave();
    this.wake();
  }

  #register(telemetry: Telemetry, clientId: string): readonly Cancel[] {
    const client = { 'messaging.client.id': clientId };
    const reads = (result: 'hit' | 'miss', read: () => number): Cancel =>
      telemetry.counter(instruments.logReads, { ...client, 'kstreams.cache.result': result }, read);
    const buffered = (): number => [...this.#cursors.values()].reduce((sum, { fetched }) => sum + fetched, 0);
    return [
      reads('hit', () => this.#reads.hits),
      reads('miss', () => this.#reads.misses),
      telemetry.gauge(instruments.buffered, client, buffered),
    ];
  }

  /** Fetches until `max` records can be taken. */
  async #fetch(max: number): Promise<void> {
    let fetched = 0;
    for (const cursor of [...this.#cursors.values()]) {
      if (fetched >= max) return;
      if (cursor.paused) continue;
      await cursor.fetch();
      fetched += cursor.fetched;
    }
  }

  /** Takes fetched records synchronously, so that no seek or revocation comes in between. */
  #take(max: number): Received[] {
    const records: Received[] = [];
    for (const [id, cursor] of [...this.#cursors]) {
      if (records.length >= max) break;
      if (cursor.paused || cursor.fetched === 0) continue;
      for (const record of cursor.take(max - records.length)) records.push(record);
      this.#cursors.delete(id);
      this.#cursors.set(id, cursor);
    }
    return records;
  }

  /** Resolves when there may be more to read than at the count `seen`, or after `wait` ms. */
  async #sleep(seen: number, wait: number): Promise<void> {
    if (this.#hasMore()) return;
    const forget = this.#log.onAppend(() => {
      if (this.#hasMore() || this.#log.writer.failure !== undefined) this.#signal.notify();
    });
    await this.#signal.wait(seen, wait);
    forget();
  }

  #hasMore(): boolean {
    for (const cursor of this.#cursors.values()) if (!cursor.paused && !cursor.caughtUp) return true;
    return false;
  }

  #with(partition: TopicPartition, change: (cursor: Cursor) => void): void {
    const cursor = this.#cursors.get(partitionId(partition));
    if (cursor !== undefined) change(cursor);
  }

  #groupName(): string {
    if (this.#group === undefined) throw new ConfigError('a consumer without a group cannot subscribe or commit');
    return this.#group;
  }
}
