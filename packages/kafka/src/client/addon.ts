/**
 * The used part of `@confluentinc/kafka-javascript`, typed by its behaviour. The package's own declarations are not
 * imported: this file compiles where the optional client is not installed.
 */

import type { Position, TopicPartition } from '@kstreams/core/graph';
import type { ClientError } from '@kstreams/kafka-common';

/** An error of the client or of a broker. */
export type NativeError = ClientError;

/** A callback that is called once, with an error or a result. */
export type Done<A = unknown> = (failure: NativeError | null | undefined, result: A) => void;

/** One partition in a request or a response. */
export interface NativePartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
  readonly metadata?: string;
  readonly error?: NativeError;
}

/** One header: an object with one property; its value is null for a header without one. */
export type NativeHeader = Readonly<Record<string, Uint8Array | null>>;

/** A fetched record. */
export interface NativeMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** In ms since 1970; -1 for a record without one. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly NativeHeader[];
}

/** The outcome of one produced record. */
export interface DeliveryReport {
  readonly topic: string;
  readonly partition: number;
  /** Negative when unknown, as for a failed record. */
  readonly offset: number;
  /** The number that was passed to `produce`. */
  readonly opaque?: number;
}

/** The listeners of every client. */
export interface ClientEvents {
  readonly 'event.error': (failure: NativeError) => void;
  readonly 'event.log': (entry: { readonly message: string; readonly severity: number }) => void;
  /** Statistics in JSON, every `statistics.interval.ms`. */
  readonly 'event.stats': (entry: { readonly message: string }) => void;
  /** A failed refresh of an OAUTHBEARER token. Without a listener the client throws it. */
  readonly error: (failure: Error) => void;
}

/** The listeners of a consumer, called during `consume` in queue order. */
export interface ConsumerEvents extends ClientEvents {
  readonly data: (message: NativeMessage) => void;
  /** The fetch position has reached the end of a partition. */
  readonly 'partition.eof': (end: Position) => void;
}

/** The listeners of a producer. */
export interface ProducerEvents extends ClientEvents {
  readonly 'delivery-report': (failure: NativeError | null, report: DeliveryReport) => void;
}

/** The common part of consumers and producers. */
export interface NativeClient<Events extends ClientEvents = ClientEvents> {
  on<E extends keyof Events>(event: E, listener: Events[E]): void;
  connect(metadata: { readonly allTopics: boolean; readonly timeout: number }, done: Done): void;
  disconnect(done: () => void): void;
  /** The description of every topic of the cluster, read by nothing. */
  _metadata?: unknown;
}

/** The part of a consumer that changes its assignment. */
export interface NativeAssignment {
  incrementalAssign(partitions: readonly NativePartition[]): void;
  incrementalUnassign(partitions: readonly NativePartition[]): void;
  /** True during a rebalance in which other members may own the revoked partitions already. */
  assignmentLost(): boolean;
}

/** A native consumer. */
export interface NativeConsumer
  extends NativeClient<ConsumerEvents>,
    NativeAssignment,
    Record<'setDefaultConsumeTimeout', (ms: number) => void> {
  /** The registered callbacks, by their setting. */
  readonly _cb_configs?: { readonly global: Record<string, unknown> };
  subscribe(topics: readonly string[]): void;
  /** Fetches at most `max` queued events and passes them to the listeners. Timeouts in ms. */
  consume(max: number, done: Done): void;
  pause(partitions: readonly NativePartition[]): void;
  resume(partitions: readonly NativePartition[]): void;
  seek(to: NativePartition, timeout: number, done: Done): void;
  committed(partitions: readonly NativePartition[], timeout: number, done: Done<readonly NativePartition[]>): void;
  /** Returns the offsets of the last fetch; negative before one. Throws for a partition that is not fetched. */
  getWatermarkOffsets(topic: string, partition: number): { readonly highOffset: number };
  /** Sends a commit; its outcome goes to `offset_commit_cb`. */
  commit(offsets: readonly NativePartition[]): void;
}

/** The part of a consumer that reads its assigned partitions. */
export type NativeFetching = Pick<
  NativeConsumer,
  | 'on'
  | 'setDefaultConsumeTimeout'
  | 'consume'
  | 'pause'
  | 'resume'
  | 'seek'
  | 'incrementalAssign'
  | 'incrementalUnassign'
>;

/** The transactions of a producer. Timeouts in ms. */
export interface NativeTransactions {
  initTransactions(timeout: number, done: Done): void;
  beginTransaction(done: Done): void;
  sendOffsetsToTransaction(
    offsets: readonly NativePartition[],
    consumer: NativeConsumer,
    timeout: number,
    done: Done,
  ): void;
  commitTransaction(timeout: number, done: Done): void;
  abortTransaction(timeout: number, done: Done): void;
}

/** A native producer. */
export interface NativeProducer extends NativeClient<ProducerEvents>, NativeTransactions {
  setPollInBackground(on: boolean): void;
  /** Requests the brokers, or the partitions of a topic, for later calls of `produce` too. */
  getMetadata(
    options: { readonly topic?: string; readonly allTopics?: boolean; readonly timeout: number },
    done: Done,
  ): void;
  produce(
    topic: string,
    partition: number,
    value: Uint8Array | null,
    key: Uint8Array | null,
    timestamp: number,
    opaque: number | undefined,
    headers: readonly NativeHeader[] | undefined,
  ): void;
  /** Flushes for at most `timeout` ms, then disconnects. */
  disconnect(timeout: number, done: () => void): void;
  disconnect(done: () => void): void;
  /** Disconnects without a flush, also a client that failed to connect. */
  _disconnect?(done: () => void): void;
}

/** The description of a topic. */
export interface NativeTopic {
  readonly name: string;
  readonly topicId?: { readonly mostSignificantBits: bigint; readonly leastSignificantBits: bigint };
  readonly partitions: readonly { readonly partition: number; readonly leader: unknown }[];
  /** The operations that the user of the client may do, by their numbers in the protocol; only on request. */
  readonly authorizedOperations?: readonly number[];
  readonly error?: NativeError;
}

/** The description of a group. */
export interface NativeGroup {
  readonly state: number;
  readonly members: readonly {
    readonly clientId: string;
    readonly clientHost: string;
    readonly assignment: { readonly topicPartitions: readonly TopicPartition[] };
  }[];
}

/** A group of a list. */
export interface NativeGroupListing {
  readonly groupId: string;
  readonly state: number;
}

/** A topic to create. */
export interface NativeNewTopic {
  readonly topic: string;
  readonly num_partitions: number;
  /** -1 for the cluster's default. */
  readonly replication_factor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** The admin requests, sent over the connection of another client. Timeouts in ms. */
export interface NativeAdmin {
  createTopic(topic: NativeNewTopic, timeout: number, done: Done): void;
  createPartitions(topic: string, partitions: number, timeout: number, done: Done): void;
  deleteTopic(name: string, timeout: number, done: Done): void;
  listGroups(options: { timeout: number }, done: Done<{ readonly groups: readonly NativeGroupListing[] }>): void;
  describeGroups(
    groups: readonly string[],
    options: { timeout: number },
    done: Done<{ readonly groups: readonly NativeGroup[] }>,
  ): void;
  deleteGroups(
    groups: readonly string[],
    options: { timeout: number },
    done: Done<readonly { readonly error?: NativeError }[]>,
  ): void;
  listTopics(options: { timeout: number }, done: Done<readonly string[]>): void;
  describeTopics(
    names: readonly string[],
    options: { timeout: number; includeAuthorizedOperations?: boolean },
    done: Done<readonly NativeTopic[]>,
  ): void;
  deleteRecords(
    before: readonly NativePartition[],
    options: { timeout: number },
    done: Done<readonly NativePartition[]>,
  ): void;
  listOffsets(
    partitions: readonly { topic: string; partition: number; offset: { timestamp: number } }[],
    options: { timeout: number; isolationLevel: number },
    done: Done<readonly NativePartition[]>,
  ): void;
}

/** The configuration of a client: librdkafka's settings by name, and callbacks. */
export type NativeSettings = Readonly<Record<string, unknown>>;

/**
 * The native addon. Topic settings are passed among the client settings: a separate object, even an empty one, makes the
 * addon drop settings such as `auto.offset.reset` and `delivery.timeout.ms`.
 */
export interface Addon {
  readonly KafkaConsumer: new (settings: NativeSettings, topicSettings: undefined) => NativeConsumer;
  readonly Producer: new (settings: NativeSettings, topicSettings: undefined) => NativeProducer;
  readonly AdminClient: { createFrom(client: NativeClient): NativeAdmin };
}
