import {
  type Cancel,
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
  TransportError,
  WakeSignal,
} from '@kstreams/core/graph';
import { commitOffsets, instruments, labelledClientId, RebalanceQueue, skipRemoved } from '@kstreams/kafka-common';
import { Cluster } from '../client/cluster.js';
import type { ClientContext } from '../client/context.js';
import type { RequestError } from '../client/failures.js';
import { lookUpOffsets } from '../client/offset-requests.js';
import { type ConsumerSettings, consumerDefaults } from '../client/settings.js';
import { ClassicMembership } from '../group/classic-membership.js';
import { ConsumerMembership } from '../group/consumer-membership.js';
import { type MemberIdentity, type Membership, type MembershipListener, outside } from '../group/membership.js';
import { Fetcher } from './fetcher.js';
import { commitOnce, fetchOffsets, offsetTopicsOf } from './group-offsets.js';

/** The number of the heartbeat of KIP-848 in the protocol. */
const consumerGroupHeartbeat = 68;

/** The settings with their defaults. */
type Settings = Required<Omit<ConsumerSettings, 'instanceId'>> & Pick<ConsumerSettings, 'instanceId'>;

/** A consumer of a Kafka cluster. */
export class KafkaJsConsumer implements Consumer {
  readonly #context: ClientContext;
  readonly #options: ConsumerOptions;
  readonly #settings: Settings;
  readonly #cluster: Cluster;
  readonly #signal: WakeSignal;
  readonly #fetcher: Fetcher;
  readonly #rebalances: RebalanceQueue;
  readonly #removeGauge: Cancel | undefined;
  #membership: Membership | undefined;
  #failure: Error | undefined;
  #checking: Promise<void> | undefined;
  /** Resolves when no rebalance is pending; set while one is. */
  #settled: { readonly promise: Promise<void>; readonly resolve: () => void } | undefined;
  #lastPoll = 0;
  #woken = false;
  #closed = false;

  private constructor(context: ClientContext, options: ConsumerOptions) {
    const { clock } = context;
    this.#context = context;
    this.#options = options;
    this.#settings = { ...consumerDefaults, ...context.settings.consumer };
    const clientId = labelledClientId(options.clientId, options.label);
    this.#cluster = new Cluster(context, clientId, this.#settings.maxPollInterval);
    this.#signal = new WakeSignal(clock);
    this.#fetcher = new Fetcher(
      this.#cluster,
      { ...this.#settings, committed: options.isolation !== 'latest' },
      { fetched: () => this.#signal.notify(), failed: (failure) => this.#fail(failure) },
    );
    this.#rebalances = new RebalanceQueue(this.#fetcher, () => {});
    const client = { 'messaging.client.id': options.clientId };
    this.#removeGauge = options.telemetry?.gauge(instruments.buffered, client, () => this.#fetcher.buffered);
  }

  /** Connects a consumer. */
  static async open(context: ClientContext, options: ConsumerOptions): Promise<KafkaJsConsumer> {
    const consumer = new KafkaJsConsumer(context, options);
    try {
      await consumer.#cluster.connect();
    } catch (failure) {
      await consumer.close();
      throw failure;
    }
    return consumer;
  }

  /**
   * The group and the member, for commits.
   *
   * @throws FencedError for a member that has lost its group: brokers take a commit without a member for an empty group.
   */
  get member(): { readonly group: string; readonly identity: MemberIdentity } {
    const identity = this.#membership?.identity ?? outside;
    if (this.#membership !== undefined && identity.generation < 0) {
      throw new FencedError('an offset was committed by a member that is not in its group any more');
    }
    return { group: this.#requireGroup(), identity };
  }

  async subscribe(subscription: Subscription): Promise<void> {
    const group = this.#requireGroup();
    if (this.#membership !== undefined) throw new ConfigError('this consumer has subscribed already: open another one');
    this.#rebalances.subscribe(subscription);
    const { groupProtocol, instanceId } = this.#settings;
    const { clientId, instanceId: given } = this.#options;
    const options = {
      ...this.#settings,
      group,
      topics: subscription.topics,
      instanceId: given ?? (instanceId === undefined ? null : `${instanceId}-${clientId}`),
    };
    if (groupProtocol === 'consumer' && this.#cluster.version(consumerGroupHeartbeat) < 1) {
      throw new ConfigError(
        'the brokers have no groups of KIP-848: use Kafka 4.0 or newer, or groupProtocol "classic"',
      );
    }
    this.#lastPoll = this.#context.clock.monotonic();
    const listener = this.#listener();
    this.#membership =
      groupProtocol === 'consumer'
        ? new ConsumerMembership(this.#cluster, options, listener)
        : new ClassicMembership(this.#cluster, options, listener);
    this.#membership.join();
  }

  assign(positions: readonly Position[]): void {
    this.#fetcher.add(positions, false);
  }

  unassign(partitions: readonly TopicPartition[]): void {
    this.#fetcher.remove(partitions);
  }

  async poll(max: number, wait: number): Promise<readonly Received[]> {
    const { clock } = this.#context;
    const deadline = clock.monotonic() + wait;
    while (!this.#closed) {
      const seen = this.#signal.count;
      this.#lastPoll = clock.monotonic();
      if (this.#failure !== undefined) throw this.#failure;
      await this.#rebalance();
      const records = this.#fetcher.take(max);
      this.#checkPositions();
      const left = deadline - clock.monotonic();
      if (records.length > 0 || this.#woken || left <= 0) {
        this.#woken = false;
        // Sockets are read between turns of the event loop only.
        if (records.length === 0) await turn();
        return records;
      }
      await this.#signal.wait(seen, left);
    }
    return [];
  }

  wake(): void {
    this.#woken = true;
    this.#signal.notify();
  }

  pause(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#setPaused(one, true);
  }

  resume(partitions: readonly TopicPartition[]): void {
    for (const one of partitions) this.#setPaused(one, false);
    this.#fetcher.fetch();
    this.#signal.notify();
  }

  async seek(position: Position): Promise<void> {
    this.#fetcher.seek(position);
  }

  position(partition: TopicPartition): number | undefined {
    return this.#fetcher.find(partition)?.position;
  }

  caughtUp(partition: TopicPartition): boolean {
    return this.#fetcher.find(partition)?.caughtUp ?? true;
  }

  lastEnd(partition: TopicPartition): number | undefined {
    return this.#fetcher.find(partition)?.end;
  }

  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]> {
    return lookUpOffsets(this.#cluster, partitions, at, this.#options.isolation);
  }

  async committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]> {
    const group = this.#requireGroup();
    return partitions.length === 0 ? [] : fetchOffsets(this.#cluster, group, partitions);
  }

  async commit(offsets: readonly CommittedOffset[]): Promise<void> {
    const group = this.#requireGroup();
    const topics = offsetTopicsOf(offsets);
    const send = async (): Promise<RequestError | undefined> =>
      commitOnce(this.#cluster, group, this.member.identity, topics);
    await commitOffsets({ clock: this.#context.clock, group, rebalances: this.#rebalances, offsets, send });
  }

  /** Checks that this member has the partitions. Throws FencedError. */
  checkAssigned(partitions: readonly TopicPartition[]): void {
    this.#rebalances.checkAssigned(partitions);
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.#removeGauge?.();
    this.#fetcher.close();
    this.#rebalances.abandon();
    this.#settle();
    this.#signal.notify();
    await this.#membership?.leave();
    await this.#cluster.close();
  }

  #listener(): MembershipListener {
    return {
      rebalanced: (kind, partitions) => {
        this.#rebalances.enqueue(kind, partitions);
        if (this.#rebalances.pending) this.#settled ??= pendingSettle();
        this.#signal.notify();
      },
      settled: () => this.#settled?.promise,
      lastPoll: () => this.#lastPoll,
      failed: (failure) => this.#fail(failure),
      log: this.#context.log,
    };
  }

  #fail(failure: Error): void {
    this.#failure ??= failure;
    this.#signal.notify();
  }

  #setPaused(partition: TopicPartition, paused: boolean): void {
    const found = this.#fetcher.find(partition);
    if (found !== undefined) found.paused = paused;
  }

  /** Runs pending rebalances. Heartbeats go on beside it. */
  async #rebalance(): Promise<void> {
    if (!this.#rebalances.pending) return;
    await this.#rebalances.run();
    this.#lastPoll = this.#context.clock.monotonic();
    if (!this.#rebalances.pending) this.#settle();
  }

  #settle(): void {
    this.#settled?.resolve();
    this.#settled = undefined;
  }

  /** Begins to check the positions when one is out of range. A failed look-up is repeated, a refusal fails the next poll. */
  #checkPositions(): void {
    if (this.#checking !== undefined || !this.#fetcher.outOfRange) return;
    const { removed = () => 'earliest' as const } = this.#options;
    this.#checking = skipRemoved(this.#fetcher, (all, at) => this.offsets(all, at), removed)
      .catch((thrown: Error) => {
        if (!(thrown instanceof TransportError && thrown.retriable)) this.#failure ??= thrown;
      })
      .finally(() => {
        this.#checking = undefined;
        this.#signal.notify();
      });
  }

  #requireGroup(): string {
    const { group } = this.#options;
    if (group !== undefined) return group;
    throw new ConfigError('a consumer without a group cannot subscribe or commit: open it with { group }');
  }
}

const pendingSettle = (): { readonly promise: Promise<void>; readonly resolve: () => void } => {
  let resolve = (): void => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
};

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
