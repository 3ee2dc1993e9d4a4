import {
  type AnyProcess,
  type AnySerde,
  type Bytes,
  type Coordinates,
  checkedBytes,
  type DropReason,
  invalidTimestamp,
  isBytes,
  isName,
  type NodeId,
  noHeaders,
  type Outgoing,
  Pending,
  type Position,
  ProductionError,
  partitionFor,
  reasonOf,
  repartitionTopic,
  roundRobin,
  type SinkNode,
  type StreamRecord,
} from '@kstreams/core/graph';
import type { CausedRecord, FailedSends } from './failed-sends.js';
import type { RecordJournal } from './record-journal.js';
import type { RecordQueue } from './record-queue.js';
import type { TaskObserver } from './task-observer.js';
import { TopicLimits } from './topic-limits.js';

/** The part of a producer that a task uses. */
export interface TaskProducer {
  send(record: Outgoing): void;
}

/** The topics that exist, with their partition counts, and their cleanup policies if they are known. */
export interface TopicPartitions {
  get(topic: string): { readonly partitions: number; readonly cleanup?: string } | undefined;
  /** Requests a topic that was not found. It may be found by the next record. */
  request?(topic: string): void;
}

/** Options of a collector. */
export interface RecordCollectorOptions {
  readonly application: string;
  /** The id of the task. */
  readonly task: string;
  readonly producer: TaskProducer;
  readonly topics: TopicPartitions;
  readonly journal: RecordJournal;
  readonly failedSends?: FailedSends | undefined;
  /** The sizes of the largest records that topics take; unlimited unless set. */
  readonly topicLimits?: TopicLimits | undefined;
  readonly observer?: TaskObserver | undefined;
  /** Called with each dropped record that is kept, with the time by which it is late, in ms. */
  readonly dropped: (node: NodeId, reason: DropReason, late: number | undefined) => void;
}

/**
 * Collects the output of one task. Each piece of work, a record or a punctuation, begins here and is then kept or rolled
 * back. Output leaves when its work is kept, at once where nothing can be rolled back. It carries its cause where failed
 * sends are judged, and is observed where there is an observer.
 */
export class RecordCollector {
  readonly journal: RecordJournal;
  /** The queue of the last record, whose texts may keep their bytes. */
  input: RecordQueue | undefined;
  readonly #application: string;
  readonly #task: string;
  readonly #producer: TaskProducer;
  readonly #topics: TopicPartitions;
  readonly #failedSends: FailedSends | undefined;
  readonly #topicLimits: TopicLimits;
  readonly #maxSize: number;
  /** True when topics have lower limits. They are learned before a rollback, after which tasks are opened again. */
  readonly #limitsLearned: boolean;
  readonly #observer: TaskObserver | undefined;
  readonly #dropped: RecordCollectorOptions['dropped'];
  /** The record that is being processed. */
  #cause: Position | undefined;
  /** The node of a punctuation that is being processed. */
  #caller: NodeId | undefined;

  constructor(options: RecordCollectorOptions) {
    this.journal = options.journal;
    this.#application = options.application;
    this.#task = options.task;
    this.#producer = options.producer;
    this.#topics = options.topics;
    this.#failedSends = options.failedSends;
    this.#topicLimits = options.topicLimits ?? new TopicLimits();
    this.#maxSize = this.#topicLimits.clientSize;
    this.#limitsLearned = this.#topicLimits.learned;
    this.#observer = options.observer;
    this.#dropped = options.dropped;
  }

  /** Begins a piece of work: a record, or a punctuation without one. */
  begin(work: 'record' | 'punctuation', node: NodeId, record: Position | undefined): void {
    if (this.#failedSends !== undefined) {
      this.#failedSends.began(record);
      this.#cause = record;
      this.#caller = record === undefined ? node : undefined;
    }
    this.#observer?.began(work, node);
    if (this.journal.rollsBack) this.journal.begin();
    else this.journal.undo = undefined;
  }

  /** Keeps the work and sends its output. */
  keep(): void {
    if (this.journal.rollsBack) this.journal.keep();
    else this.journal.undo = this.journal.refuse;
    this.#cause = undefined;
    this.#caller = undefined;
    this.#observer?.ended('kept');
  }

  /** Rolls the work back. */
  rollBack(): void {
    this.journal.rollBack();
    this.#cause = undefined;
    this.#caller = undefined;
    this.#observer?.ended('rolled-back');
  }

  /** Sends a record when the current work is kept. */
  send(record: Outgoing): void {
    if (!this.journal.rollsBack) this.#deliver(record);
    else this.journal.whenKept(() => this.#deliver(record));
  }

  /** Counts a dropped record when the current work is kept. */
  drop(node: NodeId, reason: DropReason, late?: number): void {
    this.journal.whenKept(() => {
      this.#dropped(node, reason, late);
      this.#observer?.dropped(node, reason);
    });
  }

  /** Sends the dead letter of a record at once, since its work is rolled back. */
  sendDeadLetter(letter: Outgoing, { offset, partition, topic }: Position): void {
    const cause = { topic, partition, offset };
    this.#producer.send(
      this.#failedSends === undefined ? letter : ({ ...letter, cause, letter: true } as CausedRecord),
    );
  }

  /** Returns the size of the largest record that a topic takes, and how often it refused the dead letter of a record. */
  letterLimits(topic: string, record: Position): { readonly maxSize: number; readonly refusals: number } {
    return { maxSize: this.#topicLimits.size(topic), refusals: this.#failedSends?.refusedLetters(record) ?? 0 };
  }

  /** Returns the number of partitions of a topic. Throws a `ProductionError` for a missing topic or an invalid name. */
  partitions(topic: string): number {
    const found = this.#topics.get(topic);
    if (found !== undefined) return found.partitions;
    this.#topics.request?.(topic);
    const why = isName(topic)
      ? `topic "${topic}" does not exist: create the topics that the application writes to`
      : `${typeof topic === 'string' ? JSON.stringify(topic) : String(topic)} is not a topic name: use 1 to 249 of the ` +
        'characters a-z, A-Z, 0-9, ".", "_" and "-"';
    throw new ProductionError(why, {});
  }

  /** Returns the process of a sink: encodes a record, chooses its topic and partition, and sends it. */
  sink(sink: SinkNode): AnyProcess {
    const choose = sink.repartition === undefined ? sink.topic : repartitionTopic(this.#application, sink.repartition);
    const dropsNullKeys = sink.repartition !== undefined && sink.nullKeys !== true;
    const nextPartition = roundRobin();
    /** The coordinates of records without headers. */
    const plainAt: Coordinates | undefined =
      typeof choose === 'string' ? { topic: choose, headers: noHeaders } : undefined;
    return (record: StreamRecord<unknown, unknown>) => {
      if (dropsNullKeys && (record.key === null || record.key === undefined))
        return this.drop(sink.id, 'null-repartition-key');
      const topic = typeof choose === 'string' ? choose : choose(record);
      const headers = sink.headers === undefined ? record.headers : sink.headers(record);
      const timestamp = sink.timestamp === undefined ? record.timestamp : sink.timestamp(record);
      if (headers.length !== 0) checkHeaders(headers, topic);
      if (!Number.isSafeInteger(timestamp)) throw invalidTimestamp('the timestamp of a written record', timestamp);
      if (timestamp < 0) {
        throw new RangeError(`a record with the timestamp ${timestamp} cannot be written: give it one of at least 0`);
      }
      const at = plainAt !== undefined && headers.length === 0 ? plainAt : { topic, headers };
      const key = encodePart('key', sink.key, record.key, at, this.input);
      const value = encodePart('value', sink.value, record.value, at, this.input);
      const size = (key === null ? 0 : key.length) + (value === null ? 0 : value.length);
      if (key === null || headers.length !== 0 || size > this.#maxSize || this.#limitsLearned) {
        const { cleanup } = this.#topics.get(topic) ?? {};
        this.#topicLimits.check({ topic, key, value, timestamp, headers }, cleanup);
      }
      const count = this.partitions(topic);
      const chosen =
        sink.partitioner?.(record, key, count) ?? (key === null ? nextPartition(count) : partitionFor(key, count));
      if (sink.partitioner !== undefined) checkPartitions(chosen, topic, count);
      if (typeof chosen === 'number') {
        this.send({ topic, partition: chosen, key, value, timestamp, headers });
        return;
      }
      for (const partition of chosen) this.send({ topic, partition, key, value, timestamp, headers });
    };
  }

  #deliver(record: Outgoing): void {
    const failedSends = this.#failedSends;
    if (failedSends === undefined) this.#producer.send(record);
    else {
      const caused = this.#withCause(record);
      if (!failedSends.skips(caused)) this.#producer.send(caused);
    }
    this.#observer?.sent(record);
  }

  #withCause(record: Outgoing): CausedRecord {
    if (this.#cause !== undefined) return { ...record, cause: this.#cause };
    if (this.#caller === undefined) return record;
    return { ...record, caller: { task: this.#task, node: this.#caller } };
  }
}

/** Throws when a partitioner chose a partition that the topic does not have. */
const checkPartitions = (chosen: number | readonly number[], topic: string, count: number): void => {
  for (const partition of typeof chosen === 'object' ? chosen : [chosen]) {
    if (Number.isInteger(partition) && partition >= 0 && partition < count) continue;
    throw new ProductionError(
      `the partitioner chose partition ${String(partition)} of topic "${topic}": return one from 0 to ${count - 1}`,
      {},
    );
  }
};

/** Throws for headers that are no list of names with bytes or null. */
const checkHeaders = (headers: StreamRecord<unknown, unknown>['headers'], topic: string): void => {
  for (const header of headers) {
    const [name, value] = header;
    if (typeof name === 'string' && (value === null || isBytes(value))) continue;
    throw new ProductionError(
      `header ${JSON.stringify(name)} of a record for topic "${topic}" has ${typeof value === 'string' ? 'a text' : 'no bytes'} ` +
        'as its value: make headers with headers({ … }) or withHeader(…)',
      {},
    );
  }
};

const encodePart = (
  part: 'key' | 'value',
  serde: AnySerde,
  value: unknown,
  at: Coordinates,
  input: RecordQueue | undefined,
): Bytes | null => {
  if (value === null || value === undefined) return null;
  const read = typeof value === 'string' ? input?.textBytes(part, serde, value) : undefined;
  if (read !== undefined) return read;
  try {
    const bytes: Bytes = serde.encode(value, at);
    return bytes instanceof Uint8Array ? bytes : checkedBytes(bytes);
  } catch (thrown) {
    if (thrown instanceof Pending) throw thrown;
    const why = `the ${part} cannot be encoded as ${serde.name}: ${reasonOf(thrown)}`;
    throw new ProductionError(`${why}; the record was for topic "${at.topic}"`, {}, thrown);
  }
};
