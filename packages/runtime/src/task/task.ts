import {
  type AnyProcess,
  type Bytes,
  type CommittedOffset,
  type NodeId,
  type OnError,
  type Received,
  type SourceNode,
  StateError,
  type Subtopology,
  sourceTopics,
} from '@kstreams/core';
import { compile } from '../compile/compile.js';
import type { Scope } from '../compile/scope.js';
import type { TaskStores } from '../state/task-stores.js';
import { Agenda } from './agenda.js';
import { Attempts } from './attempts.js';
import type { Idleness } from './idleness.js';
import { encodeProgress } from './progress.js';
import { PartitionQueue } from './queue.js';
import { decodeOf } from './source.js';
import { type TaskScopeOptions, taskScope } from './task-scope.js';
import type { Watch } from './watch.js';

/** What a task is made of. */
export interface TaskOptions extends Omit<TaskScopeOptions, 'id' | 'subtopology'> {
  readonly subtopology: Subtopology;
  /** True when records must be taken back on a failure: an error policy is set, or a store is slow. */
  readonly journaled: boolean;
  readonly onError: OnError;
}

/** What came of an attempt to process a record. */
export type Step =
  /** A record is done: processed, skipped or sent to its dead letters. */
  | 'done'
  /** Nothing is ready. */
  | 'idle'
  /** The record waits: for a retry, or for keys of a slow store (see `cold`). */
  | 'waiting';

/** The name of a task: its sub-topology's number and its partition. */
export const taskId = (subtopology: Subtopology, partition: number): string => `${subtopology.id}_${partition}`;

/** One sub-topology on one partition: queues in, closures in the middle, an outlet and stores out. */
export class Task {
  readonly id: string;
  readonly partition: number;
  readonly subtopology: Subtopology;
  readonly stores: TaskStores;
  readonly queues = new Map<string, PartitionQueue>();
  readonly #doors: ReadonlyMap<NodeId, AnyProcess>;
  readonly #now: () => number;
  readonly #time: { stream: number; wall: number };
  readonly #source = { topic: '', partition: 0, offset: -1 };
  readonly #scope: Scope;
  readonly #attempts: Attempts;
  readonly #agenda = new Agenda((node, call) => {
    this.#touched = true;
    return this.#attempts.run('punctuation', node, undefined, call);
  });
  readonly #watch: Watch | undefined;
  readonly #releases: (() => void | Promise<void>)[] = [];
  #touched = false;

  constructor(options: TaskOptions) {
    const { journal, journaled, now, onError, outlet, partition, stores, subtopology, watch } = options;
    this.id = taskId(subtopology, partition);
    this.partition = partition;
    this.subtopology = subtopology;
    this.stores = stores;
    this.#now = now;
    this.#time = { stream: -1, wall: now() };
    this.#scope = taskScope(
      { ...options, id: this.id, subtopology: subtopology.id },
      {
        time: this.#time,
        source: this.#source,
        clocks: this.#agenda.clocks,
        idleness: this.#agenda.idleness,
        releases: this.#releases,
      },
    );
    watch?.of(this.#scope);
    this.#watch = watch;
    this.#attempts = new Attempts({ scope: this.#scope, outlet, journal, journaled, onError, now, watch });
    this.#doors = compile(subtopology.nodes, this.#scope);
    for (const source of subtopology.sources) {
      for (const topic of sourceTopics(options.application, source)) this.#openQueue(source, topic);
    }
    watch?.opened();
  }

  /** True when something happened since the last commit that a commit should keep. */
  get touched(): boolean {
    return this.#touched;
  }

  /** How many records wait. */
  get buffered(): number {
    let buffered = 0;
    for (const queue of this.queues.values()) buffered += queue.length;
    return buffered;
  }

  /** When the next wall-clock schedule is due. */
  get wallDue(): number {
    return this.#agenda.clocks.wall.due;
  }

  /** How long it has been idle, for whom it concerns. */
  get idleness(): Idleness {
    return this.#agenda.idleness;
  }

  /** When the work in hand may be tried again, on the wall clock. */
  get retryAt(): number {
    return this.#attempts.retryAt;
  }

  /** The key that a slow store must fetch before the task can go on. */
  get cold(): Bytes | undefined {
    return this.#attempts.cold;
  }

  /** The cold key has been fetched. */
  warmed(): void {
    this.#attempts.cold = undefined;
  }

  /** Takes up the clock of an earlier run, from what was committed with an offset. */
  resumeTime(topic: string, partitionTime: number): void {
    const queue = this.queues.get(topic);
    if (queue !== undefined) queue.time = Math.max(queue.time, partitionTime);
    this.#time.stream = Math.max(this.#time.stream, partitionTime);
  }

  /** Reads one more topic at one of its sources, from its partition time; the partition flows already. */
  join(source: NodeId, topic: string, time = -1): void {
    const node = this.subtopology.sources.find(({ id }) => id === source);
    if (node === undefined) throw new StateError(`task ${this.id} has no source "${source}"`, { topic });
    const queue = this.queues.get(topic) ?? this.#openQueue(node, topic);
    queue.held = false;
    this.resumeTime(topic, time);
  }

  add(received: Received): void {
    const queue = this.queues.get(received.topic);
    if (queue === undefined) throw new StateError(`task ${this.id} does not read topic "${received.topic}"`, received);
    queue.add(received);
  }

  /** Processes the record with the smallest timestamp among the heads of its partitions. */
  step(): Step {
    if (this.#attempts.waiting(this.#now())) return 'waiting';
    if (!this.#agenda.catchUp(this.#time.stream)) return 'waiting';
    const queue = this.#next();
    return queue === undefined ? 'idle' : this.#process(queue);
  }

  /** Fires the wall-clock schedules that are due. */
  punctuate(now: number): void {
    this.#time.wall = now;
    if (!this.#attempts.waiting(now)) this.#agenda.atWallTime(now);
  }

  /**
   * Does what has to be done before a commit; false when that has to wait, for a retry or for keys of a slow store: then
   * the task cannot be committed yet.
   */
  prepare(): boolean {
    if (this.#agenda.clocks.commit.due === Number.POSITIVE_INFINITY) return true;
    return !this.#attempts.waiting(this.#now()) && this.#agenda.beforeCommit();
  }

  /** Does what waited for a silence as long as this one. */
  afterSilence(now: number): void {
    this.#time.wall = now;
    if (!this.#attempts.waiting(now)) this.#agenda.atSilence(now);
  }

  /** What is done: the offset to go on from, per partition, with the partition's time. */
  offsets(): CommittedOffset[] {
    const offsets: CommittedOffset[] = [];
    for (const { topic, partition, done, time } of this.queues.values()) {
      if (done !== undefined) offsets.push({ topic, partition, offset: done, metadata: encodeProgress({ time }) });
    }
    return offsets;
  }

  /** What was done is committed. */
  committed(): void {
    this.#touched = false;
    this.#watch?.committed();
  }

  /** Lets go of what its processors opened, the last first; every release is tried. */
  async close(): Promise<void> {
    const errors: unknown[] = [];
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (thrown) {
        errors.push(thrown);
      }
    }
    this.#watch?.closed();
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, `closing task ${this.id}`);
  }

  #next(): PartitionQueue | undefined {
    let next: PartitionQueue | undefined;
    for (const queue of this.queues.values()) {
      if (queue.length === 0) continue;
      if (next === undefined || queue.headTimestamp < next.headTimestamp) next = queue;
    }
    return next;
  }

  #process(queue: PartitionQueue): Step {
    const received = queue.received as Received;
    this.idleness.end();
    this.#time.wall = this.#now();
    this.#source.topic = received.topic;
    this.#source.partition = received.partition;
    this.#source.offset = received.offset;
    const outcome = this.#attempts.run('processing', queue.node, received, () => {
      const record = queue.head();
      if (record.timestamp < 0) return this.#scope.drop(queue.node, 'negative-timestamp');
      if (record.timestamp > queue.time) queue.time = record.timestamp;
      if (record.timestamp > this.#time.stream) this.#time.stream = record.timestamp;
      queue.process(record);
    });
    if (outcome === 'again') return 'waiting';
    queue.advance();
    this.#touched = true;
    this.#agenda.atStreamTime(this.#time.stream);
    return 'done';
  }

  #openQueue(source: SourceNode, topic: string): PartitionQueue {
    const process = this.#doors.get(source.id) as AnyProcess;
    const queue = new PartitionQueue(topic, this.partition, source.id, process, decodeOf(source));
    this.queues.set(topic, queue);
    return queue;
  }
}
