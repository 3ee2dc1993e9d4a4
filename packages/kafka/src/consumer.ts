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
  WakeSignal,
} from '@kstreams/core/graph';
import type { Addon, NativeConsumer, NativeError, NativePartition } from './addon.js';
import { ask, delay, requestTimeout } from './ask.js';
import { connect, disconnect, type Log } from './client.js';
import { Commits, nativeOffsetOf } from './commits.js';
import { codes, errorOf, isPassing } from './errors.js';
import { Reader } from './reader.js';
import { Rebalances } from './rebalances.js';
import { brokersOf, type ConnectionSettings, consumerSettings } from './settings.js';

/** What a consumer shares with the other clients of its transport. */
export interface ConsumerContext {
  readonly addon: Addon;
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Finds offsets; it does not matter who asks. */
  readonly offsets: (
    partitions: readonly TopicPartition[],
    at: OffsetQuery,
    isolation: ConsumerOptions['isolation'],
  ) => Promise<readonly number[]>;
  /** The consumer is closed: it asks for nothing more. */
  readonly closed: () => Promise<void>;
}

/** How often the client is asked when it says nothing, in ms: it does not speak up for what lies behind kept records. */
const recheck = 20;
/** How often the client is asked while a listener works, so that the group does not take this member for dead, in ms. */
const sign = 500;

/** A consumer of a cluster. */
export class KafkaConsumer implements Consumer {
  readonly #context: ConsumerContext;
  readonly #options: ConsumerOptions;
  readonly #signal: WakeSignal;
  readonly #commits = new Commits();
  readonly #native: NativeConsumer;
  readonly #reader: Reader;
  readonly #rebalances: Rebalances;
  #woken = false;
  #closed = false;

  private constructor(context: ConsumerContext, options: ConsumerOptions) {
    this.#context = context;
    this.#options = options;
    this.#signal = new WakeSignal(context.clock);
    const callbacks = {
      rebalance_cb: (told: NativeError, partitions: readonly TopicPartition[]) => this.#told(told, partitions),
      offset_commit_cb: (failure: NativeError | undefined) => {
        this.#commits.settle(failure);
        this.#signal.notify();
      },
      queue_non_empty_cb: () => this.#signal.notify(),
    };
    const settings = consumerSettings(context.settings, options);
    this.#native = new context.addon.KafkaConsumer({ ...settings, ...callbacks }, undefined);
    this.#reader = new Reader(this.#native, context.clock);
    this.#rebalances = new Rebalances(this.#native, this.#reader);
  }

  static async open(context: ConsumerContext, options: ConsumerOptions): Promise<KafkaConsumer> {
    const consumer = new KafkaConsumer(context, options);
    await connect(consumer.#native, brokersOf(context.settings.brokers), context.log);
    return consumer;
  }

  /** The client below, for a transaction that takes this member's offsets along. */
  get native(): NativeConsumer {
    return this.#native;
  }

  async subscribe(subscription: Subscription): Promise<void> {
    this.#needGroup();
    this.#rebalances.subscription = subscription;
    this.#native.subscribe([...subscription.leaders]);
  }

  assign(positions: readonly Position[]): void {
    this.#reader.add(positions, false);
    this.#signal.notify();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#reader.remove(partitions);
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    const { clock } = this.#context;
    const deadline = clock.now() + wait;
    while (!this.#closed) {
      const seen = this.#signal.count;
      await this.#rebalance();
      const records = this.#reader.take(max);
      if (records.length < max) records.push(...(await this.#reader.fetch(max - records.length)));
      const left = deadline - clock.now();
      if (records.length > 0 || this.#woken || left <= 0) {
        this.#woken = false;
        return records;
      }
      await this.#signal.wait(seen, Math.min(left, recheck));
    }
    return [];
  }

  wake(): void {
    this.#woken = true;
    this.#signal.notify();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#mark(one, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#mark(one, false);
    this.#signal.notify();
  }

  seek(position: Position): Promise<void> {
    return this.#reader.seek(position);
  }

  position(partition: TopicPartition): number | undefined {
    return this.#reader.find(partition)?.position;
  }

  caughtUp(partition: TopicPartition): boolean {
    const found = this.#reader.find(partition);
    return found === undefined || (found.end !== undefined && found.kept.length === 0);
  }

  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    return this.#context.offsets(partitions, at, this.#options.isolation);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    this.#needGroup();
    if (partitions.length === 0) return [];
    const asked = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const found = await ask<readonly NativePartition[]>(this.#context.clock, 'no committed offsets were told', (done) =>
      this.#native.committed(asked, requestTimeout, done),
    );
    return found.map(({ topic, partition, offset, metadata }) => {
      if (offset === undefined || offset < 0) return undefined;
      return metadata ? { topic, partition, offset, metadata } : { topic, partition, offset };
    });
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    this.#needGroup();
    this.checkOwned(offsets);
    const checked = offsets.map(nativeOffsetOf);
    if (checked.length === 0) return;
    const { clock } = this.#context;
    const deadline = clock.now() + requestTimeout;
    for (;;) {
      const outcome = await this.#tryCommit(checked);
      if (outcome === undefined) return;
      // A rebalance that is about to end refuses commits for a moment; what stays with this member is taken after it. One that
      // went out while the group was gathering comes too late for the generation before: brokers read a connection in order,
      // and the request to join was on it. A member that was thrown out does not join before it has let go.
      const { code } = outcome;
      const again = code === codes.rebalancing || code === codes.oldGeneration || isPassing(outcome);
      if (!again || this.#rebalances.lost || clock.now() > deadline)
        throw errorOf('offsets cannot be committed', outcome);
      await delay(clock, recheck);
      this.checkOwned(offsets);
    }
  }

  /** Throws when this member does not have a partition: another one may have it, and its offset must not be overwritten. */
  checkOwned(partitions: readonly TopicPartition[]): void {
    const lost = partitions.find((one) => this.#reader.find(one) === undefined);
    if (lost === undefined) return;
    const { topic, partition } = lost;
    throw new FencedError('a partition was committed that is not assigned to this member', { topic, partition });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal.notify();
    await this.#reader.idle();
    this.#commits.giveUp({ code: codes.wrongState, message: 'the consumer was closed' });
    this.#rebalances.abandon();
    await disconnect(this.#native);
    await this.#context.closed();
  }

  #told(told: NativeError, partitions: readonly TopicPartition[]): void {
    this.#rebalances.told(told, partitions);
    this.#signal.notify();
  }

  /** Carries out what the group decided, giving signs of life while the listener works. */
  async #rebalance(): Promise<void> {
    if (!this.#rebalances.waiting) return;
    let busy = true;
    const work = this.#rebalances.run().finally(() => {
      busy = false;
      this.#signal.notify();
    });
    work.catch(() => {});
    while (busy) {
      await this.#signal.wait(this.#signal.count, sign);
      if (busy) await this.#reader.serve();
    }
    await work;
  }

  async #tryCommit(offsets: readonly NativePartition[]): Promise<NativeError | undefined> {
    let busy = true;
    const outcome = this.#commits.send(this.#native, offsets).then(
      () => undefined,
      (failure: NativeError) => failure,
    );
    outcome.finally(() => (busy = false));
    while (busy) {
      const seen = this.#signal.count;
      await this.#reader.serve();
      if (this.#commits.pending) await this.#signal.wait(seen, recheck);
    }
    return outcome;
  }

  #mark(partition: TopicPartition, paused: boolean): void {
    const found = this.#reader.find(partition);
    if (found !== undefined) found.paused = paused;
  }

  #needGroup(): void {
    if (this.#options.group !== undefined) return;
    throw new ConfigError('a consumer without a group cannot subscribe or commit: open it with { group }');
  }
}
