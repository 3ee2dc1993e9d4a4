import {
  type CommittedOffset,
  type NodeId,
  type Received,
  type SourceNode,
  StateError,
  type Subtopology,
} from '@kstreams/core/graph';
import { AsyncStages } from '../async/async-stages.js';
import { Intake } from '../async/intake.js';
import type { Progress } from '../async/offset-metadata.js';
import { compile } from '../compile/compile.js';
import { ErrorPolicy } from './error-policy.js';
import type { FailedSends } from './failed-sends.js';
import { IdleDetector } from './idle-detector.js';
import { ParkedRecords } from './parked-records.js';
import { PartitionGroup } from './partition-group.js';
import { Prefetcher } from './prefetcher.js';
import type { RunCall } from './punctuation-queue.js';
import { PunctuationQueues } from './punctuation-queues.js';
import { RecordCollector } from './record-collector.js';
import { CurrentSource, type Outcome, RecordProcessor } from './record-processor.js';
import type { RecordQueue } from './record-queue.js';
import type { TaskStores } from './stores/task-stores.js';
import { addParkedGauge, addQueueGauges } from './task-gauges.js';
import type { TaskObserver } from './task-observer.js';
import { type TaskOptions, taskId } from './task-options.js';
import { taskScope } from './task-scope.js';
import { blocked, ready, type TaskStatus, waitingUntil } from './task-status.js';
import { isKeyLocal } from './waits-for-values.js';

/**
 * One sub-topology on one partition: queues at the start, closures in the middle, a collector and stores at the end. A
 * worker adds polled records, runs the task while its status is `ready`, and commits it.
 */
export class Task {
  readonly id: string;
  readonly partition: number;
  readonly subtopology: Subtopology;
  readonly stores: TaskStores;
  readonly intake: Intake;
  /** The position and the written timestamp of the current record, or of the last one. */
  readonly source: Readonly<CurrentSource>;
  readonly idle = new IdleDetector();
  readonly #options: TaskOptions;
  readonly #time: { stream: number; wall: number };
  readonly #group: PartitionGroup;
  readonly #processor: RecordProcessor;
  readonly #punctuations: PunctuationQueues;
  /** Undefined when no step waits for values. */
  readonly #prefetcher: Prefetcher | undefined;
  /** Undefined when the whole task is parked instead of single records. */
  readonly #parkedRecords: ParkedRecords | undefined;
  readonly #failedSends: FailedSends | undefined;
  readonly #observer: TaskObserver | undefined;
  readonly #releases: (() => void | Promise<void>)[] = [];
  /** Undefined when the sub-topology has no async stage. */
  readonly #stages: AsyncStages | undefined;
  #touched = false;
  #paused = false;
  /** True when punctuations may be due before or after a record. */
  #punctuatesPerRecord = false;
  /** Number of records taken out of the queues. */
  #taken = 0;
  /** True when the last record has to be committed alone. */
  #isolated = false;
  /** True when the task was parked and has not processed anything since. */
  #unparked = false;

  constructor(options: TaskOptions) {
    const { application, clock, failedSends, input, metrics, observer, partition, stores, subtopology } = options;
    const now = (): number => clock.now();
    this.id = taskId(subtopology, partition);
    this.partition = partition;
    this.subtopology = subtopology;
    this.stores = stores;
    this.#options = options;
    this.#failedSends = failedSends;
    this.#observer = observer;
    this.#time = { stream: -1, wall: now() };
    const parksRecords = options.waitsForValues && isKeyLocal(subtopology);
    this.#stages = AsyncStages.of(
      subtopology.nodes,
      parksRecords,
      {
        clock,
        journal: options.journal,
        retries: metrics.callRetries,
        wake: options.wake,
        waiting: (at) => this.#processor.waiting(at),
        run: (node, record, work) => this.#processor.run('processing', node, record, work),
        judgeCall: (error, node, record, attempt, policy) =>
          this.#processor.judgeCall(error, node, record, attempt, policy),
        advanceTime: () => this.#advanceTime(),
      },
      options.limits,
    );
    this.intake = new Intake(this.#stages);
    this.#punctuations = new PunctuationQueues(this.#punctuate, () => (this.#punctuatesPerRecord = true));
    const [source, time, stages] = [new CurrentSource(), this.#time, this.#stages];
    if (parksRecords && stages !== undefined) this.#parkedRecords = new ParkedRecords(stages.inFlight, options.wake);
    this.source = source;
    const collector = new RecordCollector({ ...options, task: this.id, dropped: metrics.dropped });
    const scope = taskScope(options, {
      time,
      source,
      collector,
      punctuations: this.#punctuations,
      idle: this.idle,
      stages,
      parksRecords,
      releases: this.#releases,
    });
    observer?.attach(scope);
    const errors = new ErrorPolicy(options.onError, scope, collector, metrics);
    this.#processor = new RecordProcessor({
      subtopology,
      scope,
      source,
      time,
      collector,
      errors,
      failedSends,
      stages,
      parkedRecords: this.#parkedRecords,
      now,
      park: (until) => this.#unparkAfter(until),
      advanceTime: () => this.#advanceTime(),
    });
    const sources = compile(subtopology.nodes, scope);
    this.#group = new PartitionGroup({
      application,
      subtopology,
      partition,
      input,
      sources,
      now,
      stages,
      counters: (topic) => metrics.topic(topic),
      opened: (queue) => {
        if (metrics.telemetry !== undefined) this.#releases.push(addQueueGauges(metrics.telemetry, queue, input));
      },
    });
    if (metrics.telemetry !== undefined && options.waitsForValues) {
      const waiting = (): number => (this.#processor.parked ? 1 : 0) + (this.#parkedRecords?.count ?? 0);
      this.#releases.push(addParkedGauge(metrics.telemetry, this, waiting));
    }
    this.#prefetcher = options.waitsForValues ? new Prefetcher(subtopology, stores, this.queues) : undefined;
    observer?.opened();
  }

  /** The queues by topic. */
  get queues(): ReadonlyMap<string, RecordQueue> {
    return this.#group.queues;
  }

  /** True when the task has work that is not committed. */
  get touched(): boolean {
    return this.#touched;
  }

  /** True while records, or the whole task, wait for values that are not loaded. */
  get loading(): boolean {
    return this.#processor.parked || (this.#parkedRecords?.count ?? 0) > 0;
  }

  /** Number of waiting records. */
  get buffered(): number {
    return this.#group.length;
  }

  /** Returns the status: ready, waiting until a time, or blocked. */
  status(now: number): TaskStatus {
    const { intake } = this;
    if (this.#processor.parked) return blocked.loading;
    if (this.#processor.retryAt > now) return waitingUntil(this.#processor.retryAt, now);
    if (intake.hasResults || this.#parkedRecords?.ready !== undefined || this.#stages?.hasLateClocks === true) {
      return ready;
    }
    if (this.#paused) return blocked.paused;
    if (intake.gated) return blocked.commit;
    const due = this.#punctuations.byClock.wall.due;
    if (this.#group.length === 0) {
      return this.#until(Math.min(due, this.idle.due), now, this.loading ? 'loading' : 'no-records');
    }
    if (this.#parkedRecords?.full === true) return this.#until(due, now, 'loading');
    if (this.#isFull) return this.#until(due, now, 'calls');
    return this.#group.next(now) === undefined ? waitingUntil(Math.min(due, this.#group.nextAt(now)), now) : ready;
  }

  /** Resumes a topic from the progress that an earlier run committed. */
  resume(topic: string, progress: Progress): void {
    this.#group.queues.get(topic)?.resume(progress);
    this.#time.stream = Math.max(this.#time.stream, progress.time);
  }

  /** Adds a topic to one of the sources. The consumer delivers its records already. */
  addTopic(source: NodeId, topic: string, progress?: Progress): void {
    const node = this.subtopology.sources.find(({ id }) => id === source);
    if (node === undefined) throw new StateError(`task ${this.id} has no source "${source}"`, { topic });
    this.#group.add(node as SourceNode, topic).hold(false);
    if (progress !== undefined) this.resume(topic, progress);
  }

  /** Adds a polled record. */
  add(received: Received): void {
    const queue = this.#group.queues.get(received.topic);
    if (queue === undefined) throw new StateError(`task ${this.id} does not read topic "${received.topic}"`, received);
    queue.add(received);
  }

  /** Holds back the paused topics, or the whole task. */
  pause(paused: { readonly all: boolean; has(topic: string): boolean }): void {
    this.#paused = paused.all;
    for (const queue of this.queues.values()) queue.pause(paused.has(queue.topic));
  }

  /**
   * Processes at most `max` records, the oldest first, until none is ready. Returns the number of taken records.
   */
  process(max: number, now = this.#options.clock.now()): number {
    this.#prefetcher?.prefetch();
    const { gated } = this.intake;
    if (this.#unparked && !gated && !this.#processor.waiting(now)) this.#repeatPunctuations(now);
    let count = 0;
    while (count < max && this.#processNext(now, gated)) count++;
    return count;
  }

  /** Processes results of calls and ready parked records. Returns true if there were any. */
  settle(): boolean {
    if (this.#stages === undefined) return false;
    this.#time.wall = this.#options.clock.now();
    const settled = this.#stages.settle();
    const resumed = this.#processor.resume();
    const late = this.#stages.hasLateClocks && !this.#processor.waiting(this.#time.wall);
    if (late) this.#advanceTime();
    if (!settled && !resumed && !late) return false;
    this.#touched = true;
    return true;
  }

  /** Ends a turn: fires punctuations that are due on the wall clock, and sends batches out. */
  punctuate(now: number): void {
    this.#time.wall = now;
    if (!this.intake.gated && !this.#processor.waiting(now)) this.#punctuations.atWallTime(now);
    if (this.intake.gated) this.#stages?.flush();
    else this.#stages?.endTurn();
  }

  /** Makes the calls that are due after an idle time, once the log has confirmed that it holds no more records. */
  detectIdle(now: number): void {
    if (!this.idle.used) return;
    this.observeIdle(now);
    if (this.idle.confirmed(now, () => this.#group.atEnd(), this.#options.wake)) this.fireIdle(now);
  }

  /** Starts or continues the idle time if no record is waiting or in flight; else ends it. */
  observeIdle(now: number): void {
    this.idle.observe(this.intake.idle && this.#group.caughtUp, this.#taken, now);
  }

  /** Makes the calls that are due after an idle time. */
  fireIdle(now: number): void {
    this.#time.wall = now;
    if (!this.#processor.waiting(now)) this.idle.fire(now, this.#punctuate);
  }

  /**
   * Prepares a commit, alone or `together` with all tasks of a transaction. Returns false when the task cannot be
   * committed yet: it waits for a retry, a row or calls.
   */
  prepare(together = false): boolean {
    if (this.#punctuations.byClock.commit.due < Number.POSITIVE_INFINITY) {
      if (this.#processor.waiting(this.#options.clock.now()) || !this.#punctuations.beforeCommit()) return false;
    }
    return this.intake.ready(together);
  }

  /** Returns the offset to resume from, per partition, with its metadata. */
  offsets(): CommittedOffset[] {
    return this.#group.offsets();
  }

  /** Marks everything processed so far as committed. */
  committed(): void {
    this.#touched = false;
    this.#observer?.committed();
  }

  /** Drops all waiting records. */
  clear(): void {
    for (const queue of this.queues.values()) queue.clear();
  }

  /** Aborts calls, then runs the releases of its processors, the last one first. Tries all before it throws. */
  async close(): Promise<void> {
    this.#stages?.close(new Error(`task ${this.id} closes`));
    const errors: unknown[] = [];
    for (const release of this.#releases.splice(0).reverse()) {
      try {
        await release();
      } catch (thrown) {
        errors.push(thrown);
      }
    }
    this.#observer?.closed();
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, `closing task ${this.id}`);
  }

  /** Fires punctuations that were parked, before a record that waits for another value can delay them. */
  #repeatPunctuations(now: number): void {
    this.#unparked = false;
    this.#time.wall = now;
    this.#punctuations.atWallTime(now);
  }

  /** Processes the oldest record. Returns false when it has to wait, or when there is none. */
  #processNext(now: number, gated: boolean): boolean {
    if (this.#processor.waiting(now)) return false;
    const punctuations = this.#punctuatesPerRecord ? this.#punctuations : undefined;
    if (punctuations?.catchUp(this.#time.stream, this.#timeBehind()) === false || gated) return false;
    const queue = this.#group.next(now);
    if (queue === undefined) return false;
    if (this.#stages !== undefined && this.intake.closed(queue.tracked)) return false;
    if (this.#parkedRecords?.full === true) return false;
    if (this.#failedSends?.any === true && this.#waitsForCommit(queue, this.#failedSends)) return false;
    this.#time.wall = now;
    const parked = this.#parkedRecords?.count;
    if (this.#processor.process(queue) === 'again') return false;
    queue.advance();
    // A parked record counts once it is finished.
    if (this.#parkedRecords?.count === parked) queue.counters.processed.total++;
    this.#taken++;
    this.#touched = true;
    if (this.#punctuatesPerRecord) this.#punctuations.atStreamTime(this.#time.stream, this.#timeBehind());
    return true;
  }

  /** True while a commit must precede a record, because it or the record before it is committed alone. */
  #waitsForCommit(queue: RecordQueue, failedSends: FailedSends): boolean {
    const isolates = failedSends.isolates(queue.received as Received);
    const waits = this.#touched && (isolates || this.#isolated);
    if (waits) this.#options.requestCommit();
    else this.#isolated = isolates;
    return waits;
  }

  /** True when a waiting record may not be taken in until calls have ended. */
  get #isFull(): boolean {
    if (this.#stages === undefined) return false;
    for (const queue of this.queues.values()) if (queue.length > 0 && this.intake.closed(queue.tracked)) return true;
    return false;
  }

  #until(due: number, now: number, reason: keyof typeof blocked): TaskStatus {
    return due === Number.POSITIVE_INFINITY ? blocked[reason] : waitingUntil(due, now);
  }

  /** Continues once a value is loaded. */
  #unparkAfter(until: Promise<unknown>): void {
    void until.then(() => {
      this.#processor.unpark();
      this.#unparked = true;
      this.#options.wake();
    });
  }

  /** Fires punctuations up to the stream time behind the stages, which may have advanced with a result. */
  #advanceTime(): void {
    this.#stages?.advanceClocks((node, call) => this.#punctuate(node, call) === 'done');
    this.#punctuations.atStreamTime(this.#time.stream, this.#timeBehind());
  }

  #timeBehind(): number {
    return this.#stages === undefined ? this.#time.stream : this.#stages.streamTime(this.#time.stream);
  }

  readonly #punctuate: RunCall = (node, call) => {
    this.#touched = true;
    const run = (): Outcome => this.#processor.run('punctuation', node, undefined, call);
    return this.#stages === undefined ? run() : this.#stages.runTracked(run, this.#time.stream);
  };
}
