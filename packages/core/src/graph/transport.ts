import type { Bytes } from './bytes.js';
import type { RecordHeaders } from './record.js';
import type { Telemetry } from './telemetry.js';

/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A position in a partition: the offset of the next record to read. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** A committed position of a group. */
export interface CommittedOffset extends Position {
  /** A text without NUL characters, of at most 4,095 bytes in UTF-8. */
  readonly metadata?: string;
}

/** A record read from a topic. */
export interface Received extends Position {
  readonly timestamp: number;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: RecordHeaders;
}

/** A record to send. Kafka's client changes a timestamp of 0 to 1. */
export interface Outgoing extends TopicPartition {
  readonly timestamp: number;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: RecordHeaders;
}

/** Callbacks of a rebalance. Called only while a `poll` is pending; the rebalance waits for them. */
export interface RebalanceListener {
  /**
   * Partitions of the subscribed topics were assigned to this member. Returns the start positions of all partitions to read
   * now: these, or others that go with them. They start **paused** there. Also called with an empty list, when the group has
   * no partitions for this member.
   */
  assigned(partitions: readonly TopicPartition[]): Promise<readonly Position[]>;
  /**
   * Partitions of the subscribed topics are about to be revoked. Resolves to the partitions to read no more, once they are
   * committed and closed; the rebalance continues then.
   */
  revoked(partitions: readonly TopicPartition[]): Promise<readonly TopicPartition[]>;
  /** Partitions of the subscribed topics were lost: nothing may be committed. Resolves to the partitions to read no more. */
  lost(partitions: readonly TopicPartition[]): Promise<readonly TopicPartition[]>;
}

/** The subscription of a group member. */
export interface Subscription {
  /** The topics with partitions that the group assigns to its members. */
  readonly topics: readonly string[];
  readonly listener: RebalanceListener;
}

/** `'latest'` to read records of open and aborted transactions too, `'committed'` for committed records only. */
export type Isolation = 'committed' | 'latest';

/** Records that the log deleted before a consumer read them. */
export interface RemovedRecords extends TopicPartition {
  /** The offset of the next record to read. */
  readonly from: number;
  /** The offset of the oldest record that is left; below `from` when the partition ends before it. */
  readonly to: number;
}

/** Options of a consumer. */
export interface ConsumerOptions {
  readonly clientId: string;
  /** The group. Without one, partitions come from `assign` only and nothing can be committed. */
  readonly group?: string;
  /** `committed` unless set. */
  readonly isolation?: Isolation;
  /** A persistent name: a member that returns under it in time gets its partitions back. */
  readonly instanceId?: string;
  /** A text of letters, digits and `-_.:` that `Admin.members` returns for this member. */
  readonly label?: string;
  /**
   * Called during a poll for records that were deleted before they were read. Returns the end of the partition from which to
   * read on; an error rejects the poll. Unless set, reading continues with the oldest record.
   */
  readonly removed?: (records: RemovedRecords) => 'earliest' | 'latest';
  /** Receives the metrics of the consumer until it is closed; none are kept without it. */
  readonly telemetry?: Telemetry | undefined;
}

/**
 * An offset to look up: the oldest record; the end as this consumer may read it; the end of all written records, including
 * open transactions; or the first record that is not older than an instant in ms.
 */
export type OffsetQuery = 'earliest' | 'latest' | 'latest-written' | { readonly timestamp: number };

/** A consumer. All methods but `poll` may be called at any time from the same worker. */
export interface Consumer {
  /** Joins the group. The listener receives partitions during later polls. */
  subscribe(subscription: Subscription): Promise<void>;
  /** Adds partitions at these positions, not paused. */
  assign(positions: readonly Position[]): void;
  /** Removes partitions that `assign` added. */
  unassign(partitions: readonly TopicPartition[]): void;
  /**
   * Returns at most `max` records: as soon as there is one, after `wait` ms at the latest, or when `wake` is called. Records
   * of a partition are in offset order. Rebalances happen only during this call.
   */
  poll(max: number, wait: number): Promise<readonly Received[]>;
  /** Ends a pending poll early, or the next one. */
  wake(): void;
  /** Stops fetching partitions; membership and heartbeats continue. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Continues at another offset and discards records that were fetched and not polled. */
  seek(position: Position): Promise<void>;
  /** Returns the offset after the last polled record; `undefined` when not assigned. */
  position(partition: TopicPartition): number | undefined;
  /** True when all readable records known to this consumer have been polled. */
  caughtUp(partition: TopicPartition): boolean;
  /** Returns the readable end of a partition from memory, without a request; `undefined` before the first fetch. */
  lastEnd?(partition: TopicPartition): number | undefined;
  /** Returns the offset of a query per partition, in order; the end of the partition when no record matches. */
  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]>;
  /** Returns the group's committed offset per partition, in order. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]>;
  /** Commits for the group; throws `FencedError` when the group has moved to a later generation. */
  commit(offsets: readonly CommittedOffset[]): Promise<void>;
  /** Leaves the group and releases all resources; listeners are not called. */
  close(): Promise<void>;
}

/**
 * The reason of a refusal: `record` for this record, apart from any other of its batch; `invalid` or `timestamp` for this record or
 * another one of its batch; `size` for a batch that is too large; `topic` for anything else. In a batch of one record all but
 * `topic` are about that record.
 */
export type Refusal = 'record' | 'invalid' | 'timestamp' | 'size' | 'topic';

/** Options of a producer. */
export interface ProducerOptions {
  readonly clientId: string;
  /** Makes writes transactional. A later producer with the same id fences this one and aborts its open transaction. */
  readonly transactionalId?: string;
  /**
   * Called with each record that could not be written, the same object that was sent, before a `flush` or `commit` fails
   * because of it.
   */
  readonly failed?: (record: Outgoing, error: Error, refusal: Refusal) => void;
  /** True to send each record in a separate batch, so that the log refuses no record because of another; false unless set. */
  readonly unbatched?: boolean;
  /** The time after which an open transaction is aborted, in ms; 10,000 unless set. */
  readonly transactionTimeout?: number;
  /** Receives the metrics of the producer until it is closed; none are kept without it. */
  readonly telemetry?: Telemetry | undefined;
}

/**
 * A producer. With a transactional id all sent records belong to the open transaction and become readable for consumers of
 * committed records once it is committed.
 */
export interface Producer {
  /** Enqueues a record synchronously. Delivery is certain after `flush`. */
  send(record: Outgoing): void;
  /** The number of sent records that are not acknowledged yet. */
  readonly backlog: number;
  /** Resolves when at most `backlog` records are not acknowledged yet. */
  drain(backlog: number): Promise<void>;
  /** Resolves when all records sent before are acknowledged; rejects when any of them failed. */
  flush(): Promise<void>;
  /** Returns the offset after the last acknowledged record of this producer in a partition; `undefined` before one. */
  acknowledged(partition: TopicPartition): number | undefined;
  /** Begins a transaction synchronously. */
  begin(): void;
  /** Adds a group's offsets to the transaction; throws `FencedError` when the group has a later generation. */
  sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void>;
  /** Flushes and commits the transaction. Throws `FencedError` when a later producer has the same transactional id. */
  commit(): Promise<void>;
  /** Aborts the transaction and drops records that are not sent yet. */
  abort(): Promise<void>;
  close(): Promise<void>;
}

/** The partition count of a topic, and the id that no earlier topic of its name had. */
export interface TopicIdentity {
  readonly name: string;
  readonly partitions: number;
  /** Identifies the topic; a topic that is deleted and created again has another id. Without spaces. */
  readonly id?: string;
  /** The time for which the topic keeps deletes at least, if it is compacted, in ms; a day unless given. */
  readonly deletesKept?: number;
}

/** The properties of a topic. */
export interface TopicDescription extends TopicIdentity {
  /**
   * `cleanup.policy`: `compact`, or one with `delete` when records expire. Clusters may leave out `compact` beside `delete`,
   * and give `unknown` for topics that were not requested by name.
   */
  readonly cleanup: string;
}

/** A topic to create. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
  /**
   * The clock by which `retention.ms` and `min.compaction.lag.ms` count: the wall clock unless set, or the largest timestamp
   * in the partition. Clusters have the wall clock only.
   */
  readonly agesBy?: 'wall-clock' | 'stream-time';
}

/** A member of a consumer group. */
export interface GroupMember {
  /** The name of the member in messages, such as its client id and host. */
  readonly name: string;
  /** The `label` of its consumer; absent for a consumer without one. */
  readonly label?: string;
}

/** An admin client. */
export interface Admin {
  /** Returns all topics, or the existing ones of the given names. */
  topics(names?: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>>;
  /** Returns the existing topics of these names, by name. One cheap request: an application sends it every second. */
  identify(names: readonly string[]): Promise<ReadonlyMap<string, TopicIdentity>>;
  /** Adds partitions to a topic, to this number in all, and waits until they are usable. Does nothing for a wider topic. */
  grow(topic: string, partitions: number): Promise<void>;
  /** Returns the current members of a group; none for an unknown group. */
  members(group: string): Promise<readonly GroupMember[]>;
  /**
   * Deletes a group with all its committed offsets. Does nothing for an unknown group.
   *
   * @throws TransportError while the group has members.
   */
  deleteGroup(group: string): Promise<void>;
  /** Creates topics and waits until they are usable. Existing topics are left unchanged. */
  create(topics: readonly NewTopic[]): Promise<void>;
  delete(names: readonly string[]): Promise<void>;
  /** Deletes the records before these positions. */
  purge(before: readonly Position[]): Promise<void>;
  close(): Promise<void>;
}

/** A log that topologies run on. */
export interface Transport {
  /** The name in messages, such as `kafka 127.0.0.1:9092` or `embedded .kstreams/shop`. */
  readonly name: string;
  /** The kind of log in metrics and traces, as `messaging.system`, such as `kafka`. */
  readonly system?: string;
  /** True when missing source and sink topics are created at start; on a cluster, its owner creates them. */
  readonly createsTopics?: boolean;
  /** True when the log belongs to one process. */
  readonly singleProcess?: boolean;
  /** The largest record that its producers write, in bytes; unlimited unless set. */
  readonly maxRecordSize?: number;
  consumer(options: ConsumerOptions): Promise<Consumer>;
  producer(options: ProducerOptions): Promise<Producer>;
  admin(): Promise<Admin>;
  /** Releases the resources that clients share. */
  close(): Promise<void>;
}
