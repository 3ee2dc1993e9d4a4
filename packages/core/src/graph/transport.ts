import type { Bytes } from './bytes.js';
import type { RecordHeaders } from './record.js';

/** One partition of a topic. */
export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

/** A place in a partition: the offset of the next record to read. */
export interface Position extends TopicPartition {
  readonly offset: number;
}

/** A position that a group has finished everything before, with a note of at most 4,096 bytes. */
export interface CommittedOffset extends Position {
  readonly metadata?: string;
}

/** A record as it was read. */
export interface Received extends Position {
  readonly timestamp: number;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: RecordHeaders;
}

/** A record to be written; its partition is always named. Kafka's client moves a timestamp of 0 to 1. */
export interface Outgoing extends TopicPartition {
  readonly timestamp: number;
  readonly key: Bytes | null;
  readonly value: Bytes | null;
  readonly headers: RecordHeaders;
}

/** What a group member is told when partitions move. Called only while a `poll` is pending; the group waits for it. */
export interface RebalanceListener {
  /**
   * Partitions were given to this member. Answers where to begin; they start **paused** at those offsets. A member for
   * which the group has none is told so, with an empty list.
   */
  assigned(partitions: readonly TopicPartition[]): Promise<readonly Position[]>;
  /** Partitions are about to be taken away, in an orderly way: finish, commit, let go; then the group goes on. */
  revoked(partitions: readonly TopicPartition[]): Promise<void>;
  /** Partitions are gone already: commit nothing. */
  lost(partitions: readonly TopicPartition[]): Promise<void>;
}

/** What a member subscribes to. */
export interface Subscription {
  /** The topics that the group divides among its members. */
  readonly leaders: readonly string[];
  /**
   * The partitions that go wherever a leader's partition goes. Asked again whenever one is given or taken: a partition
   * that was added with `assign` meanwhile, and follows by now, goes with its leader too.
   */
  readonly followers: (leader: TopicPartition) => readonly TopicPartition[];
  readonly listener: RebalanceListener;
}

/** Whether records of open and aborted transactions are read too (`latest`), or only what was committed. */
export type Isolation = 'committed' | 'latest';

/** Opens a consumer. */
export interface ConsumerOptions {
  readonly clientId: string;
  /** The group; without one, partitions are only those given to `assign` and nothing can be committed. */
  readonly group?: string;
  /** `committed` unless set. */
  readonly isolation?: Isolation;
  /** A name that outlives the process: a member that comes back under it in time gets its partitions back. */
  readonly instanceId?: string;
}

/**
 * Where in a partition: its oldest record; its end as this consumer may read it; the end of all that was written, open
 * transactions included; or the first record that is not older than an instant.
 */
export type OffsetQuery = 'earliest' | 'latest' | 'latest-written' | { readonly timestamp: number };

/** Reads partitions. Every method but `poll` may be called at any time from the same worker. */
export interface Consumer {
  /** Joins the group; partitions arrive by the listener during later polls. */
  subscribe(subscription: Subscription): Promise<void>;
  /** Adds partitions by hand, from these offsets, flowing at once. */
  assign(positions: readonly Position[]): void;
  /** Drops partitions that were added by hand. */
  unassign(partitions: readonly TopicPartition[]): void;
  /**
   * At most `max` records; as soon as there is one, after `wait` ms at the latest, at once when `wake` is called.
   * Records of one partition come in offset order. Rebalances happen inside this call and nowhere else.
   */
  poll(max: number, wait: number): Promise<readonly Received[]>;
  /** Ends a pending poll early, or the next one. */
  wake(): void;
  /** Holds partitions back; membership and heartbeats go on. */
  pause(partitions: readonly TopicPartition[]): void;
  resume(partitions: readonly TopicPartition[]): void;
  /** Reads on from another offset; what was fetched and not polled is forgotten. */
  seek(position: Position): Promise<void>;
  /** The offset after the last record polled; `undefined` when not assigned. */
  position(partition: TopicPartition): number | undefined;
  /** True when everything readable, as far as is known here, has been polled. */
  caughtUp(partition: TopicPartition): boolean;
  /** The offsets of a query, one per partition, in order; the end of the partition where no record is that young. */
  offsets(partitions: readonly TopicPartition[], at: OffsetQuery): Promise<readonly number[]>;
  /** What the group has committed, one per partition, in order. */
  committed(partitions: readonly TopicPartition[]): Promise<readonly (CommittedOffset | undefined)[]>;
  /** Commits for the group; throws `FencedError` when this is no longer a member of its generation. */
  commit(offsets: readonly CommittedOffset[]): Promise<void>;
  /** Leaves the group and lets go of everything; listeners are not called. */
  close(): Promise<void>;
}

/** Opens a producer. */
export interface ProducerOptions {
  readonly clientId: string;
  /** Makes its writes transactional. A later producer of the same id fences this one and aborts what it left open. */
  readonly transactionalId?: string;
  /**
   * Is told of each record that could not be written, the very object that was handed over, before a `flush` or a
   * `commit` fails because of it.
   */
  readonly failed?: (record: Outgoing, error: Error) => void;
  /** How long a transaction may stay open before it is aborted from outside, in ms; 10,000 unless set. */
  readonly transactionTimeout?: number;
}

/**
 * Writes records. With a transactional id everything sent belongs to the transaction begun last, and is read by
 * consumers of committed records once it was committed.
 */
export interface Producer {
  /** Hands a record over, synchronously; whether it arrived is known after `flush`. */
  send(record: Outgoing): void;
  /** How many records were handed over and not yet acknowledged. */
  readonly backlog: number;
  /** Resolves once at most `backlog` records are not acknowledged yet. */
  drain(backlog: number): Promise<void>;
  /** Resolves when all that was sent before is acknowledged; rejects when any of it failed. */
  flush(): Promise<void>;
  /** The offset after the last acknowledged record that this producer wrote to a partition; `undefined` before one. */
  acknowledged(partition: TopicPartition): number | undefined;
  /** Opens a transaction, synchronously; what is sent from now on belongs to it. */
  begin(): void;
  /** Makes a group's offsets part of the transaction; throws `FencedError` when the consumer left that generation. */
  sendOffsets(offsets: readonly CommittedOffset[], consumer: Consumer): Promise<void>;
  /** Flushes and commits: all of it becomes readable, or none. Throws `FencedError` when a later producer took over. */
  commit(): Promise<void>;
  /** Takes back what was sent since `begin`; unsent records are dropped. */
  abort(): Promise<void>;
  close(): Promise<void>;
}

/** A topic as it is: what the library needs to know of it. */
export interface TopicDescription {
  readonly name: string;
  readonly partitions: number;
  /** Another one for a topic that was deleted and made anew under the same name; without spaces. */
  readonly id?: string;
  /**
   * `cleanup.policy`: `compact`, or one that holds `delete` when records are lost with time. A cluster may not tell whether
   * those are compacted too, nor, with `unknown`, anything of a topic that was not asked for by name.
   */
  readonly cleanup: string;
}

/** A topic to be made. */
export interface NewTopic {
  readonly name: string;
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

/** Sees to topics. */
export interface Admin {
  /** Describes all topics, or those of these names that exist. */
  topics(names?: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>>;
  /** Makes topics and waits until they can be used; one that exists already is left as it is. */
  create(topics: readonly NewTopic[]): Promise<void>;
  delete(names: readonly string[]): Promise<void>;
  /** Deletes the records before these positions. */
  purge(before: readonly Position[]): Promise<void>;
  close(): Promise<void>;
}

/** A log that a topology can run on. */
export interface Transport {
  /** What it is, for messages: `kafka 127.0.0.1:9092`, `embedded .kstreams/shop`. */
  readonly name: string;
  /** True where missing source and sink topics may be made at start; a cluster's topics are its owner's to make. */
  readonly createsTopics?: boolean;
  /** True where the log belongs to one process, so that several cannot share its partitions. */
  readonly singleProcess?: boolean;
  consumer(options: ConsumerOptions): Promise<Consumer>;
  producer(options: ProducerOptions): Promise<Producer>;
  admin(): Promise<Admin>;
  /** Lets go of what its clients share. */
  close(): Promise<void>;
}
