import {
  type AnyProcess,
  type CommittedOffset,
  type NodeId,
  type Received,
  type SourceNode,
  type Subtopology,
  sourceOfTopic,
  sourceTopics,
  type TopicPartition,
} from '@kstreams/core/graph';
import type { AsyncStages } from '../async/async-stages.js';
import { committedOffset } from '../async/partition-progress.js';
import type { TopicCounters } from '../telemetry/metrics.js';
import { checksKeyBytes } from './key-bytes.js';
import { RecordQueue } from './record-queue.js';

/** The part of the input log that a task uses. */
export interface TaskInput {
  /** Longest wait for records of a partition at its end while other partitions have some, in ms. */
  readonly maxTaskIdle: number;
  /** True when all fetched records of a partition were polled. */
  caughtUp(partition: TopicPartition): boolean;
  /** Resolves to the readable ends of partitions, in their order. */
  ends(partitions: readonly TopicPartition[]): Promise<readonly number[]>;
  /** Returns the offset after the last polled record of a partition. */
  position(partition: TopicPartition): number;
  /** Returns the lag of a partition as of the last fetch, in offsets; `undefined` before one. */
  lag?(queue: RecordQueue): number | undefined;
}

/** The input of a task without a log: all its records come from `add`. */
export const allPolled: TaskInput = {
  maxTaskIdle: 0,
  caughtUp: () => true,
  ends: () => Promise.resolve([]),
  position: () => Number.POSITIVE_INFINITY,
};

/** Options of a group. */
export interface PartitionGroupOptions {
  readonly application: string;
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly input: TaskInput;
  /** The processes of the sources, by node. */
  readonly sources: ReadonlyMap<NodeId, AnyProcess>;
  /** Returns the wall-clock time, for timestamp extractors. */
  readonly now: () => number;
  readonly stages: AsyncStages | undefined;
  /** Returns the counters of a topic. */
  readonly counters: (topic: string) => TopicCounters;
  /** Called with each record whose key has other bytes than its serde writes. */
  readonly keyBytesDiffer: (received: Received) => void;
  /** Called with each new queue. */
  readonly opened: (queue: RecordQueue) => void;
}

/** Time after which a task is checked again while the log delivers records that it is known to have, in ms. */
const deliveryWait = 100;

/**
 * The queues of one task. The head with the lowest timestamp is next. It waits while another partition has records on the
 * log that were not polled, so that records are in time order across partitions. A partition at its end delays the others
 * by at most `maxTaskIdle`.
 */
export class PartitionGroup {
  /** By topic. */
  readonly queues: Map<string, RecordQueue>;
  readonly #options: PartitionGroupOptions;
  #all: readonly RecordQueue[];
  /** Start of the delay by a partition at its end, in monotonic ms. */
  #delayedSince: number | undefined;

  constructor(options: PartitionGroupOptions) {
    const { application, subtopology } = options;
    this.#options = options;
    this.queues = new Map(
      subtopology.sources.flatMap((source) =>
        sourceTopics(application, source).map((topic) => [topic, this.#open(source, topic)] as const),
      ),
    );
    this.#all = [...this.queues.values()];
  }

  /** Number of waiting records. */
  get length(): number {
    let length = 0;
    for (const queue of this.#all) length += queue.length;
    return length;
  }

  /** Adds the queue of one more topic, unless there is one. */
  add(source: SourceNode, topic: string): RecordQueue {
    const known = this.queues.get(topic);
    if (known !== undefined) return known;
    const added = this.#open(source, topic);
    this.queues.set(topic, added);
    this.#all = [...this.queues.values()];
    return added;
  }

  /** Returns the queue with the oldest head at a monotonic time; `undefined` when it has to wait, or when all queues are empty. */
  next(now: number): RecordQueue | undefined {
    const { input } = this.#options;
    let oldest: RecordQueue | undefined;
    let delayed = false;
    for (const queue of this.#all) {
      if (queue.length > 0) {
        if (oldest === undefined || queue.headTimestamp < oldest.headTimestamp) oldest = queue;
      } else if (!queue.paused) {
        if (!input.caughtUp(queue)) {
          this.#delayedSince = undefined;
          return undefined;
        }
        delayed = true;
      }
    }
    if (!delayed || input.maxTaskIdle === 0 || oldest === undefined) return oldest;
    this.#delayedSince ??= now;
    return now - this.#delayedSince >= input.maxTaskIdle ? oldest : undefined;
  }

  /** Returns the time of the next check of a group with a head that has to wait, in monotonic ms. */
  nextAt(now: number): number {
    return this.#delayedSince === undefined ? now + deliveryWait : this.#delayedSince + this.#options.input.maxTaskIdle;
  }

  /** True when the queues are empty and all fetched records were polled. */
  get caughtUp(): boolean {
    const { input } = this.#options;
    return this.length === 0 && this.#all.every((queue) => input.caughtUp(queue));
  }

  /** Resolves to false when the log holds records that were not polled. */
  async atEnd(): Promise<boolean> {
    const { input } = this.#options;
    const all = this.#all;
    const ends = await input.ends(all);
    return all.every((queue, i) => input.position(queue) >= (ends[i] ?? 0));
  }

  /** Resolves to the readable ends of all partitions. */
  ends(): Promise<readonly number[]> {
    return this.#options.input.ends(this.#all);
  }

  /** True when all records before these offsets are finished. A topic that was added later has no offset here. */
  isFinished(offsets: readonly number[]): boolean {
    return offsets.every((end, i) => this.#unfinished(this.#all[i] as RecordQueue) >= end);
  }

  /** Returns the offset of the first record of a topic that is not finished; undefined for a topic of another task. */
  position(topic: string): number | undefined {
    const queue = this.queues.get(topic);
    return queue && this.#unfinished(queue);
  }

  /**
   * Moves empty queues to the positions of the consumer, which are greater where transaction markers follow the last records.
   * Returns true when one moved.
   */
  skipMarkers(): boolean {
    const { input } = this.#options;
    const moved = this.#all.filter((queue) => input.caughtUp(queue) && queue.skipTo(input.position(queue)));
    return moved.length > 0;
  }

  /** Returns the offset to resume from, per partition, with its metadata. */
  offsets(): CommittedOffset[] {
    const { stages } = this.#options;
    return this.#all.flatMap((queue) => {
      const { tracked } = queue;
      return committedOffset(queue, tracked && stages?.inFlight.of(tracked)) ?? [];
    });
  }

  /** Returns the offset of the first record of a partition that is not finished. */
  #unfinished(queue: RecordQueue): number {
    const { input, stages } = this.#options;
    const { tracked } = queue;
    if (tracked !== undefined)
      for (const { received } of stages?.inFlight.of(tracked) ?? []) return received?.offset ?? 0;
    return queue.received?.offset ?? input.position(queue);
  }

  #open(source: SourceNode, topic: string): RecordQueue {
    const { counters, keyBytesDiffer, now, opened, partition, sources, stages, subtopology } = this.#options;
    const process = sources.get(source.id) as AnyProcess;
    const differ = checksKeyBytes(source, subtopology) ? keyBytesDiffer : undefined;
    const queue = new RecordQueue(
      topic,
      partition,
      sourceOfTopic(source, topic),
      process,
      now,
      counters(topic),
      differ,
    );
    queue.tracked = stages?.track(queue);
    opened(queue);
    return queue;
  }
}
