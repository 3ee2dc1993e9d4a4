import {
  type Cancel,
  type CommittedOffset,
  ConfigError,
  type Consumer,
  type ConsumerOptions,
  type OffsetQuery,
  type Position,
  type Received,
  type Subscription,
  type TopicPartition,
  TransportError,
  WakeSignal,
} from '@kstreams/core/graph';
import {
  codes,
  commitOffsets,
  instruments,
  labelledClientId,
  RebalanceQueue,
  request,
  requestTimeout,
  skipRemoved,
} from '@kstreams/kafka-common';
import type { AdminClient } from '../admin/admin-client.js';
import { hasIdleMember } from '../admin/describe-group.js';
import type { NativeConsumer, NativeError, NativePartition } from '../client/addon.js';
import { Callbacks } from '../client/callbacks.js';
import { ClientProblems } from '../client/client-problems.js';
import { type ClientContext, connect, disconnect } from '../client/connect.js';
import { nativeCall } from '../client/native-call.js';
import { brokersAssign } from '../client/settings.js';
import { acknowledgeRebalance } from './acknowledge-rebalance.js';
import { createNativeConsumer } from './create-native-consumer.js';
import { explainReadError } from './explain-read-error.js';
import { Fetcher } from './fetcher.js';
import { IdleMember } from './idle-member.js';
import { lastWatermark } from './last-watermark.js';
import { nativeOffsetOf, OffsetCommits } from './offset-commits.js';

/** The interval of fetches without a signal of the client, in ms: it signals only when its empty queue gets an event. */
const fetchInterval = 20;
/** The interval of fetches while a rebalance listener runs, in ms: the group must not take this member for dead. */
const keepAliveInterval = 500;

/** The part of the admin client that a consumer uses. */
type OffsetLookup = Pick<AdminClient, 'acquire' | 'offsets' | 'request' | 'unreadable'>;

/** A consumer of a Kafka cluster. */
export class KafkaConsumer implements Consumer {
  readonly #context: ClientContext;
  readonly #options: ConsumerOptions;
  readonly #lookup: OffsetLookup;
  readonly #releaseLookup: () => Promise<void>;
  readonly #signal: WakeSignal;
  readonly #native: NativeConsumer;
  readonly #commits: OffsetCommits;
  readonly #fetcher: Fetcher;
  readonly #rebalances: RebalanceQueue;
  readonly #removeGauge: Cancel | undefined;
  readonly #problems = new ClientProblems();
  readonly #callbacks = new Callbacks((failure) => {
    this.#failure ??= failure;
    this.#signal.notify();
  });
  /** The failure of a callback, after which the state of the consumer is unknown. */
  #failure: Error | undefined;
  /** Finds out that the group has no partitions for this member, before its first rebalance. */
  #idle: IdleMember | undefined;
  /** The running check of positions; polls go on beside it. */
  #checking: Promise<void> | undefined;
  #woken = false;
  #closed = false;

  private constructor(context: ClientContext, options: ConsumerOptions, lookup: OffsetLookup) {
    this.#context = context;
    this.#options = options;
    this.#lookup = lookup;
    this.#releaseLookup = lookup.acquire();
    this.#signal = new WakeSignal(context.clock);
    const callbacks = this.#callbacks;
    this.#native = createNativeConsumer(context, options, callbacks, {
      rebalanced: (kind, partitions) => {
        this.#idle?.end();
        this.#rebalances.enqueue(kind, partitions);
        this.#signal.notify();
      },
      committed: (failure) => {
        this.#commits.settle(failure);
        this.#signal.notify();
      },
      queued: () => this.#signal.notify(),
    });
    this.#commits = new OffsetCommits(this.#native);
    this.#fetcher = new Fetcher(this.#native, context.clock, callbacks, options.group !== undefined);
    this.#rebalances = new RebalanceQueue(this.#fetcher, (kind) => acknowledgeRebalance(this.#native, kind));
    const client = { 'messaging.client.id': options.clientId };
    this.#removeGauge = options.telemetry?.gauge(instruments.buffered, client, () => this.#fetcher.buffered);
  }

  /** Connects a consumer. */
  static async open(context: ClientContext, options: ConsumerOptions, lookup: OffsetLookup): Promise<KafkaConsumer> {
    const consumer = new KafkaConsumer(context, options, lookup);
    try {
      await connect(consumer.#native, consumer.#callbacks, context, consumer.#problems);
    } catch (failure) {
      await consumer.#release();
      throw failure;
    }
    return consumer;
  }

  /** The native client, for the offsets of a transaction. */
  get native(): NativeConsumer {
    return this.#native;
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const group = this.#requireGroup();
    const { clock, settings } = this.#context;
    const { clientId, label } = this.#options;
    this.#rebalances.subscribe(subscription);
    this.#native.subscribe([...subscription.topics]);
    if (!brokersAssign(settings)) return;
    this.#idle = new IdleMember({
      clock,
      isIdle: () => hasIdleMember(this.#lookup, group, labelledClientId(clientId, label)),
      found: () => {
        this.#rebalances.enqueue('assigned', []);
        this.#signal.notify();
      },
    });
  }

  assign(positions: readonly Position[]): void {
    this.#fetcher.add(positions, false);
    this.#signal.notify();
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#fetcher.remove(partitions);
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    const { clock } = this.#context;
    const deadline = clock.monotonic() + wait;
    while (!this.#closed) {
      const seen = this.#signal.count;
      if (this.#failure !== undefined) throw this.#failure;
      this.#idle?.check();
      await this.#rebalance();
      const records = this.#fetcher.take(max);
      if (records.length < max) {
        records.push(...(await this.#read(() => this.#fetcher.fetch(max - records.length))));
      }
      this.#checkPositions();
      const left = deadline - clock.monotonic();
      if (records.length > 0 || this.#woken || left <= 0) {
        this.#woken = false;
        return records;
      }
      await this.#signal.wait(seen, Math.min(left, fetchInterval));
    }
    return [];
  }

  wake(): void {
    this.#woken = true;
    this.#signal.notify();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#fetcher.find(one)?.setPaused(true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#fetcher.find(one)?.setPaused(false);
    this.#signal.notify();
  }

  seek(position: Position): Promise<void> {
    return this.#fetcher.seek(position);
  }

  position(partition: TopicPartition): number | undefined {
    return this.#fetcher.find(partition)?.position;
  }

  caughtUp(partition: TopicPartition): boolean {
    return this.#fetcher.find(partition)?.caughtUp ?? true;
  }

  lastEnd(partition: TopicPartition): number | undefined {
    const found = this.#fetcher.find(partition);
    return found && (found.end ?? lastWatermark(this.#native, found));
  }

  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    return this.#lookup.offsets(partitions, at, this.#options.isolation);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    const group = this.#requireGroup();
    if (partitions.length === 0) return [];
    const requested = partitions.map(({ topic, partition }) => ({ topic, partition }));
    const found = await request(
      this.#context.clock,
      'committed offsets cannot be read',
      () => nativeCall<readonly NativePartition[]>((done) => this.#native.committed(requested, requestTimeout, done)),
      `Read on group "${group}"`,
    );
    return found.map(({ topic, partition, offset, metadata }) => {
      if (offset === undefined || offset < 0) return undefined;
      return metadata ? { topic, partition, offset, metadata } : { topic, partition, offset };
    });
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const group = this.#requireGroup();
    const nativeOffsets = offsets.map(nativeOffsetOf);
    const send = (): Promise<NativeError | undefined> => this.#tryCommit(nativeOffsets);
    await commitOffsets({ clock: this.#context.clock, group, rebalances: this.#rebalances, offsets, send });
  }

  /** Checks that this member has the partitions. Throws FencedError. */
  checkAssigned(partitions: readonly TopicPartition[]): void {
    this.#rebalances.checkAssigned(partitions);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#idle?.end();
    this.#signal.notify();
    await this.#fetcher.idle();
    this.#commits.rejectAll({ code: codes.wrongState, message: 'the consumer was closed' });
    this.#rebalances.abandon();
    await disconnect(this.#native);
    await this.#release();
  }

  /** Releases everything but the native client. */
  async #release(): Promise<void> {
    this.#removeGauge?.();
    this.#callbacks.clear();
    await this.#releaseLookup();
  }

  /** Begins to check the positions when one may be out of range. A failed look-up is repeated, a refusal fails the next poll. */
  #checkPositions(): void {
    const { removed } = this.#options;
    if (removed === undefined || this.#checking !== undefined) return;
    if (!this.#fetcher.outOfRange && !this.#fetcher.hasStalled()) return;
    this.#checking = skipRemoved(this.#fetcher, (all, at) => this.offsets(all, at), removed)
      .catch((thrown: Error) => {
        if (!(thrown instanceof TransportError && thrown.retriable)) this.#failure ??= thrown;
      })
      .finally(() => {
        this.#checking = undefined;
        this.#signal.notify();
      });
  }

  /** Reads, and gives errors their reason; throws the failure of a callback. */
  async #read<R>(read: () => Promise<R>): Promise<R> {
    try {
      const result = await read();
      if (this.#failure !== undefined) throw this.#failure;
      return result;
    } catch (thrown) {
      const { clock } = this.#context;
      const reader = { group: this.#options.group, topics: this.#fetcher.topics, problems: this.#problems, clock };
      throw await explainReadError(thrown, { ...reader, lookup: this.#lookup });
    }
  }

  /** Runs pending rebalances, and fetches meanwhile so that the member stays alive. */
  async #rebalance(): Promise<void> {
    if (!this.#rebalances.pending) return;
    let running = true;
    const rebalance = this.#rebalances.run().finally(() => {
      running = false;
      this.#signal.notify();
    });
    // Awaited below, after the loop.
    rebalance.catch(() => {});
    while (running) {
      await this.#signal.wait(this.#signal.count, keepAliveInterval);
      if (running) await this.#read(() => this.#fetcher.serve());
    }
    await rebalance;
  }

  /** Commits once, fetching until the outcome arrives. */
  async #tryCommit(offsets: readonly NativePartition[]): Promise<NativeError | undefined> {
    let running = true;
    const outcome = this.#commits.send(offsets).then(
      () => undefined,
      (failure: NativeError) => failure,
    );
    outcome.finally(() => {
      running = false;
    });
    while (running) {
      const seen = this.#signal.count;
      await this.#read(() => this.#fetcher.serve());
      if (this.#commits.pending) await this.#signal.wait(seen, fetchInterval);
    }
    return outcome;
  }

  #requireGroup(): string {
    const { group } = this.#options;
    if (group !== undefined) return group;
    throw new ConfigError('a consumer without a group cannot subscribe or commit: open it with { group }');
  }
}
