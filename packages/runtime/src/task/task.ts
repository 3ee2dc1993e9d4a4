import {
  type AnyStoreSpec,
  type Bytes,
  type CommittedOffset,
  type DropReason,
  type Failure,
  type FailureKind,
  type Lookup,
  type NodeId,
  NotWarm,
  type OnError,
  type Received,
  StateError,
  type Store,
  type StreamsError,
  type Subtopology,
  toMilliseconds,
} from '@kstreams/core';
import { compile } from '../compile/compile.js';
import { located } from '../compile/guard.js';
import type { Scope } from '../compile/scope.js';
import { sourceTopics } from '../names.js';
import type { TaskStores } from '../state/task-stores.js';
import { sendDeadLetter } from './dead-letter.js';
import type { RecordJournal } from './journal.js';
import { JournaledOutlet } from './outlet.js';
import { encodeProgress } from './progress.js';
import { Punctuation } from './punctuation.js';
import { PartitionQueue } from './queue.js';
import { type Outlet, sinkProcess } from './sink.js';
import { decodeOf } from './source.js';

/** What a task is made of. */
export interface TaskOptions {
  readonly application: string;
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly stores: TaskStores;
  readonly globalStore: (spec: AnyStoreSpec) => Store | undefined;
  readonly globalLookup: (node: NodeId) => Lookup<unknown, unknown>;
  readonly outlet: Outlet;
  readonly journal: RecordJournal;
  /** True when records must be taken back on a failure: an error policy is set, or a store is slow. */
  readonly journaled: boolean;
  readonly onError: OnError;
  readonly now: () => number;
  readonly dropped: (node: NodeId, reason: DropReason, task: string) => void;
  readonly requestCommit: () => void;
  readonly observe?: Scope['observe'];
}

/** What came of an attempt to process a record. */
export type Step =
  /** A record is done: processed, skipped or sent to its dead letters. */
  | 'done'
  /** Nothing is ready. */
  | 'idle'
  /** The record waits: for a retry, or for keys of a slow store (see `cold`). */
  | 'waiting';

/** One sub-topology on one partition: queues in, closures in the middle, an outlet and stores out. */
export class Task {
  readonly id: string;
  readonly partition: number;
  readonly subtopology: Subtopology;
  readonly stores: TaskStores;
  readonly queues: ReadonlyMap<string, PartitionQueue>;
  /** The key that a slow store must fetch before the task can go on. */
  cold: Bytes | undefined;
  /** When the record in hand may be tried again, on the wall clock. */
  retryAt = Number.NEGATIVE_INFINITY;
  readonly #options: TaskOptions;
  readonly #outlet: JournaledOutlet;
  readonly #time: { stream: number; wall: number };
  readonly #source = { topic: '', partition: 0, offset: -1 };
  readonly #scope: Scope;
  readonly #streamTime = new Punctuation();
  readonly #wallTime = new Punctuation();
  readonly #releases: (() => void | Promise<void>)[] = [];
  #attempt = 1;
  #touched = false;

  constructor(options: TaskOptions) {
    this.#options = options;
    this.partition = options.partition;
    this.subtopology = options.subtopology;
    this.id = `${options.subtopology.id}_${options.partition}`;
    this.stores = options.stores;
    this.#time = { stream: -1, wall: options.now() };
    this.#outlet = new JournaledOutlet(options.outlet);
    this.#scope = this.#makeScope();
    this.queues = this.#openQueues();
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
    return this.#wallTime.due;
  }

  /** Takes up the clock of an earlier run, from what was committed with an offset. */
  resumeTime(topic: string, partitionTime: number): void {
    const queue = this.queues.get(topic);
    if (queue !== undefined) queue.time = Math.max(queue.time, partitionTime);
    this.#time.stream = Math.max(this.#time.stream, partitionTime);
  }

  add(received: Received): void {
    const queue = this.queues.get(received.topic);
    if (queue === undefined) throw new StateError(`task ${this.id} does not read topic "${received.topic}"`, received);
    queue.add(received);
  }

  /** Processes the record with the smallest timestamp among the heads of its partitions. */
  step(): Step {
    const queue = this.#next();
    if (queue === undefined) return 'idle';
    if (this.cold !== undefined || this.retryAt > this.#options.now()) return 'waiting';
    return this.#process(queue);
  }

  /** Fires the wall-clock schedules that are due. */
  punctuate(now: number): void {
    this.#time.wall = now;
    if (this.#wallTime.due <= now) this.#fire(this.#wallTime, now);
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
    this.#time.wall = this.#options.now();
    this.#source.topic = received.topic;
    this.#source.partition = received.partition;
    this.#source.offset = received.offset;
    const outcome = this.#attemptTo('processing', queue.node, received, () => {
      const record = queue.head();
      if (record.timestamp < 0) return this.#scope.drop(queue.node, 'negative-timestamp');
      if (record.timestamp > queue.time) queue.time = record.timestamp;
      if (record.timestamp > this.#time.stream) this.#time.stream = record.timestamp;
      queue.process(record);
    });
    if (outcome === 'waiting') return 'waiting';
    queue.advance();
    this.#attempt = 1;
    this.#touched = true;
    if (this.#streamTime.due <= this.#time.stream) this.#fire(this.#streamTime, this.#time.stream);
    return 'done';
  }

  #fire(schedules: Punctuation, now: number): void {
    schedules.fire(now, (node, call) => this.#attemptTo('punctuation', node, undefined, call));
    this.#touched = true;
  }

  /** Runs a piece of work so that, where the policy may say so, a failure leaves nothing behind. */
  #attemptTo(kind: FailureKind, node: NodeId, record: Received | undefined, work: () => void): 'done' | 'waiting' {
    const { journaled, journal } = this.#options;
    if (journaled) {
      journal.begin();
      this.#outlet.hold();
    }
    try {
      work();
    } catch (thrown) {
      journal.rollBack();
      this.#outlet.discard();
      if (thrown instanceof NotWarm) {
        this.cold = thrown.key;
        return 'waiting';
      }
      const error = located(thrown, node, this.#scope) as StreamsError;
      return this.#decide({ kind: kindOf(error, kind), error, record, attempt: this.#attempt });
    }
    if (journaled) {
      journal.keep();
      this.#outlet.release();
    }
    return 'done';
  }

  #decide(failure: Failure): 'done' | 'waiting' {
    const decision = this.#options.onError(failure);
    if (decision === 'fail') throw failure.error;
    if (decision !== 'skip' && 'retryAfter' in decision) {
      this.#attempt++;
      this.retryAt = this.#options.now() + toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`");
      return 'waiting';
    }
    if (decision !== 'skip') sendDeadLetter(decision.deadLetter, failure, this.#outlet);
    this.#scope.drop(failure.error.place.node ?? 'task', 'skipped-by-policy');
    return 'done';
  }

  #makeScope(): Scope {
    const { application, dropped, globalLookup, globalStore, now, observe, requestCommit, stores } = this.#options;
    return {
      id: this.id,
      subtopology: this.subtopology.id,
      partition: this.partition,
      time: this.#time,
      source: this.#source,
      store: (spec) => {
        const store = stores.get(spec) ?? globalStore(spec);
        if (store !== undefined) return store;
        throw new StateError(`store "${spec.name}" is not connected to this node: list it among the node's stores`);
      },
      globalLookup,
      sink: (node) => sinkProcess(application, node, this.#outlet),
      schedule: (node, interval, clock, anchor, call) => {
        const first = clock === 'stream' ? (anchor ?? 0) : firstWallTime(now(), interval, anchor);
        const cancel = (clock === 'stream' ? this.#streamTime : this.#wallTime).add(node, first, interval, call);
        this.#options.journal.undo?.(cancel);
        return cancel;
      },
      drop: (node, reason) => dropped(node, reason, this.id),
      observe,
      commit: requestCommit,
      onClose: (release) => this.#releases.push(release),
    };
  }

  #openQueues(): ReadonlyMap<string, PartitionQueue> {
    const { application, subtopology } = this.#options;
    const doors = compile(subtopology.nodes, this.#scope);
    const queues = new Map<string, PartitionQueue>();
    for (const source of subtopology.sources) {
      for (const topic of sourceTopics(application, source)) {
        const process = doors.get(source.id) as PartitionQueue['process'];
        queues.set(topic, new PartitionQueue(topic, this.partition, source.id, process, decodeOf(source)));
      }
    }
    return queues;
  }
}

const firstWallTime = (now: number, interval: number, anchor: number | undefined): number => {
  if (anchor === undefined) return now + interval;
  return anchor > now ? anchor : anchor + Math.ceil((now - anchor) / interval) * interval;
};

/** Decoding happens inside the attempt: its errors carry their own code. */
const kindOf = (error: StreamsError, kind: FailureKind): FailureKind =>
  kind === 'processing' && error.code === 'KSTREAMS_SERDE' && error.place.offset !== undefined
    ? 'deserialisation'
    : kind;
