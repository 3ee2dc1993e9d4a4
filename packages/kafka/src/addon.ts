/**
 * The part of `@confluentinc/kafka-javascript` that is used here, typed as it behaves. The package's own declarations are
 * not asked for, so that this one compiles where the addon could not be installed.
 */

import type { Outgoing, Position } from '@kstreams/core/graph';

/** An error of the client or a broker; `code` is librdkafka's, negative where no broker was asked. */
export interface NativeError {
  readonly code: number;
  readonly message: string;
  readonly isFatal?: boolean;
  readonly isRetriable?: boolean;
  readonly isTxnRequiresAbort?: boolean;
}

/** Called once: with what went wrong, or with an answer. */
export type Done<A = unknown> = (failure: NativeError | null | undefined, answer: A) => void;

/** One partition, and what is said of it. */
export interface NativePartition {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
  readonly metadata?: string;
  readonly error?: NativeError;
}

/** A record as it was read; a header is an object with one property. */
export interface NativeMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  /** -1 when the record has none. */
  readonly timestamp: number;
  readonly key: Uint8Array | null;
  readonly value: Uint8Array | null;
  readonly headers?: readonly Readonly<Record<string, Uint8Array>>[];
}

/** What became of a record that was sent. */
export interface DeliveryReport {
  readonly topic: string;
  readonly partition: number;
  /** Negative when it is not known, as of a record that failed. */
  readonly offset: number;
  /** What was handed over with the record. */
  readonly opaque?: Outgoing;
}

/** What every client does. */
export interface NativeClient {
  connect(metadata: { readonly allTopics: boolean; readonly timeout: number }, done: Done): void;
  disconnect(done: () => void): void;
  on(event: 'event.error', listener: (failure: NativeError) => void): void;
  on(event: 'event.log', listener: (entry: { readonly message: string; readonly severity: number }) => void): void;
}

/** Reads partitions. */
export interface NativeConsumer extends NativeClient, Record<'setDefaultConsumeTimeout', (ms: number) => void> {
  on(event: 'event.error', listener: (failure: NativeError) => void): void;
  on(event: 'event.log', listener: (entry: { readonly message: string; readonly severity: number }) => void): void;
  /** Calls during a fetch, in the order of the queue: for each record, and where a partition has no more for now. */
  on(event: 'data', listener: (message: NativeMessage) => void): void;
  on(event: 'partition.eof', listener: (end: Position) => void): void;
  subscribe(topics: readonly string[]): void;
  consume(max: number, done: Done): void;
  incrementalAssign(partitions: readonly NativePartition[]): void;
  incrementalUnassign(partitions: readonly NativePartition[]): void;
  assignmentLost(): boolean;
  pause(partitions: readonly NativePartition[]): void;
  resume(partitions: readonly NativePartition[]): void;
  seek(to: NativePartition, timeout: number, done: Done): void;
  committed(partitions: readonly NativePartition[], timeout: number, done: Done<readonly NativePartition[]>): void;
  /** The outcome is told to `offset_commit_cb`. */
  commit(offsets: readonly NativePartition[]): void;
}

/** Writes records. */
export interface NativeProducer extends NativeClient {
  on(event: 'event.error', listener: (failure: NativeError) => void): void;
  on(event: 'event.log', listener: (entry: { readonly message: string; readonly severity: number }) => void): void;
  on(event: 'delivery-report', listener: (failure: NativeError | null, report: DeliveryReport) => void): void;
  setPollInBackground(on: boolean): void;
  produce(
    topic: string,
    partition: number,
    value: Uint8Array | null,
    key: Uint8Array | null,
    timestamp: number,
    opaque: Outgoing | undefined,
    headers: readonly Readonly<Record<string, Uint8Array>>[] | undefined,
  ): void;
  disconnect(timeout: number, done: () => void): void;
  disconnect(done: () => void): void;
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

/** A topic as a cluster describes it. */
export interface NativeTopic {
  readonly name: string;
  readonly topicId?: { readonly mostSignificantBits: bigint; readonly leastSignificantBits: bigint };
  readonly partitions: readonly { readonly partition: number; readonly leader: unknown }[];
  readonly error?: NativeError;
}

/** A topic to be made; -1 replicas are as many as the cluster gives by itself. */
export interface NativeNewTopic {
  readonly topic: string;
  readonly num_partitions: number;
  readonly replication_factor: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Sees to topics, over the connection of another client. */
export interface NativeAdmin {
  createTopic(topic: NativeNewTopic, timeout: number, done: Done): void;
  deleteTopic(name: string, timeout: number, done: Done): void;
  listTopics(options: { timeout: number }, done: Done<readonly string[]>): void;
  describeTopics(names: readonly string[], options: { timeout: number }, done: Done<readonly NativeTopic[]>): void;
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

/** What a client is configured with: librdkafka's settings by their names, and callbacks. */
export type NativeSettings = Readonly<Record<string, unknown>>;

/**
 * The addon. Given settings of topics apart, even none, it forgets those that stand among the others, such as
 * `auto.offset.reset` and `delivery.timeout.ms`.
 */
export interface Addon {
  readonly KafkaConsumer: new (settings: NativeSettings, topicSettings: undefined) => NativeConsumer;
  readonly Producer: new (settings: NativeSettings, topicSettings: undefined) => NativeProducer;
  readonly AdminClient: { createFrom(client: NativeClient): NativeAdmin };
}
