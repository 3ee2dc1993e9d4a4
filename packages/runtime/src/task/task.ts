import {
  type CommittedOffset,
  type Isolation,
  type NodeId,
  type Received,
  type SourceNode,
  StateError,
  type Subtopology,
} from '@kstreams/core/graph';
import type { AsyncStages } from '../async/async-stages.js';
import type { Intake } from '../async/intake.js';
import type { Progress } from '../async/offset-metadata.js';
import type { FailedSends } from './failed-sends.js';
import type { IdleDetector } from './idle-detector.js';
import type { ParkedRecords } from './parked-records.js';
import type { PartitionGroup } from './partition-group.js';
import type { Prefetcher } from './prefetcher.js';
import type { Punctuator } from './punctuator.js';
import type { CurrentSource, RecordProcessor } from './record-processor.js';
import type { RecordQueue } from './record-queue.js';
import type { TaskStores } from './stores/task-stores.js';
import { type TaskOptions, taskId } from './task-options.js';
import { type TaskParts, taskParts } from './task-parts.js';
import { type TaskStatus, taskStatus } from './task-status.js';

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
  /** The position of the current record, and the written timestamp of the last one. */
  readonly source: Readonly<CurrentSource>;
  readonly idle: IdleDetector;
  readonly #options: TaskOptions;
  readonly #parts: TaskParts;
  readonly #time: TaskParts['time'];
  readonly #group: PartitionGroup;
  readonly #processor: RecordProcessor;
  readonly #punctuator: Punctuator;
  #stages: AsyncStages | undefined;
  #parkedRecords: ParkedRecords | undefined;
  #prefetcher: Prefetcher | undefined;
  /** Set while steps wait for rows, until the state backend has loaded them all. */
  #loading: TaskOptions['loading'];
  readonly #failedSends: FailedSends | undefined;
  /** The positions of the last commit, by topic. */
  readonly #committedPositions = new Map<string, number>();
  #touched = false;
  #paused = false;
  /** Number of records taken out of the queues. */
  #taken = 0;
  /** The number of them at the last commit. */
  #takenAtCommit = 0;

  constructor(options: TaskOptions) {
    const { failedSends, partition, stores, subtopology } = options;
    this.id = taskId(subtopology, partition);
    this.partition = partition;
    this.subtopology = subtopology;
    this.stores = stores;
    this.#options = options;
    this.#failedSends = failedSends;
    const parts = taskParts(options, () => void (this.#touched = true));
    this.#parts = parts;
    this.source = parts.source;
    this.idle = parts.punctuator.idle;
    this.intake = parts.intake;
    this.#time = parts.time;
    this.#group = parts.group;
    this.#processor = parts.processor;
    this.#punctuator = parts.punctuator;
    this.#stages = parts.stages;
    this.#parkedRecords = parts.parkedRecords;
    this.#prefetcher = parts.prefetcher;
    this.#loading = options.loading;
  }

  /** The queues by topic. */
  get queues(): ReadonlyMap<string, RecordQueue> {
    return this.#group.queues;
  }

  /** True when the task has work that is not committed. */
  get touched(): boolean {
    return this.#touched;
  }

  /** Number of records taken since the last commit. */
  get uncommitted(): number {
    return this.#taken - this.#takenAtCommit;
  }

  /** True when timers fire before the next commit. */
  get firesBeforeCommit(): boolean {
    return !this.#punctuator.queues.byClock.commit.empty;
  }

  /** True while records, or the whole task, wait for values that are not loaded. */
  get loading(): boolean {
    return this.#processor.parked || (this.#parkedRecords?.count ?? 0) > 0;
  }

  /** Number of waiting records. */
  get buffered(): number {
    return this.#group.length;
  }

  /** Returns the status at a monotonic time: ready, waiting until a time, or blocked. */
  status(now: number): TaskStatus {
    return taskStatus(this.#parts, this.#paused, now, this.#options.clock.now());
  }

  /** Resumes a topic from the progress that an earlier run committed. */
  resume(topic: string, progress: Progress): void {
    this.#group.queues.get(topic)?.resume(progress);
    this.#time.stream = Math.max(this.#time.stream, progress.time);
  }

  /** Begins a topic at an offset without a commit; the next commit keeps it. */
  begin(topic: string, offset: number): void {
    this.#group.queues.get(topic)?.begin(offset);
    this.#touched = true;
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
  process(max: number): number {
    if (this.#loading?.waits === false) this.#endWaits();
    this.#prefetcher?.prefetch();
    const { gated } = this.intake;
    const now = this.#readClocks();
    if (!this.#advanceLateClocks(now)) return 0;
    if (this.#punctuator.unparked && !gated && !this.#processor.waiting(now)) this.#punctuator.repeatParked(now);
    const left = this.#leftInCommit();
    const most = Math.min(max, left);
    let count = 0;
    while (count < most && this.#processNext(now, gated)) count++;
    if (count >= left) this.#awaitCommit();
    return count;
  }

  /** Processes results of calls and ready parked records. Returns true if there were any. */
  settle(): boolean {
    if (this.#stages === undefined) return false;
    const now = this.#readClocks();
    if (!this.#advanceLateClocks(now)) return false;
    const settled = this.#stages.settle();
    const resumed = this.#processor.resume();
    if (!settled && !resumed) return false;
    this.#touched = true;
    return true;
  }

  /** Ends a turn: fires punctuations that are due on the wall clock, and sends batches out. */
  punctuate(): void {
    const now = this.#readClocks();
    if (!this.intake.gated && !this.#processor.waiting(now)) this.#punctuator.atWallTime(now);
    if (this.intake.gated) this.#stages?.flush();
    else this.#stages?.endTurn();
  }

  /** Makes the calls that are due after an idle time, once the log has confirmed that it holds no more records. */
  detectIdle(): void {
    if (!this.idle.used) return;
    this.observeIdle();
    const now = this.#options.clock.monotonic();
    if (this.idle.confirmed(now, () => this.#group.atEnd(), this.#options.wake)) this.fireIdle();
  }

  /** Starts or continues the idle time if no record is waiting or in flight; else ends it. */
  observeIdle(): void {
    this.idle.observe(this.intake.idle && this.#group.caughtUp, this.#taken, this.#options.clock.monotonic());
  }

  /** Makes the calls that are due after an idle time. */
  fireIdle(): void {
    const now = this.#readClocks();
    if (!this.#processor.waiting(now)) this.#punctuator.afterIdleTime(now);
  }

  /** Makes the calls that are due on the wall clock, once all records that the log held then are finished. */
  detectCatchUp(): void {
    if (!this.#punctuator.catchUp.used || this.intake.gated) return;
    const now = this.#readClocks();
    if (!this.#processor.waiting(now)) this.#punctuator.onceCaughtUp(now, this.#group, this.#options.wake);
  }

  /** Makes the calls that are due on the wall clock if no record waits or is in flight, on a log without others. */
  fireCaughtUp(): void {
    if (!this.#punctuator.catchUp.used || this.buffered > 0 || !this.intake.idle) return;
    if (!this.#processor.waiting(this.#readClocks())) this.#punctuator.caughtUp();
  }

  /**
   * Prepares a commit, alone or `together` with all tasks of a transaction. Returns false when the task cannot be
   * committed yet: it waits for a retry, a row or calls.
   */
  prepare(together = false): boolean {
    if (this.firesBeforeCommit) {
      if (this.#processor.waiting(this.#options.clock.monotonic()) || !this.#punctuator.beforeCommit()) return false;
    }
    return this.intake.ready(together);
  }

  /** Moves on to the positions of the consumer behind transaction markers, so that the next commit has no lag. */
  skipMarkers(): void {
    if (this.#group.skipMarkers()) this.#touched = true;
  }

  /** Returns the offset to resume from, per partition, with its metadata. */
  offsets(): CommittedOffset[] {
    return this.#group.offsets();
  }

  /**
   * Returns the offset of a topic before which all records are finished, or also committed; undefined for a topic that the
   * task does not read.
   */
  position(topic: string, isolation: Isolation): number | undefined {
    const now = this.#group.position(topic);
    if (now === undefined || isolation === 'latest' || !this.#touched) return now;
    return this.#committedPositions.get(topic) ?? 0;
  }

  /** Marks everything processed so far as committed. */
  committed(): void {
    this.#touched = false;
    for (const topic of this.queues.keys()) this.#committedPositions.set(topic, this.#group.position(topic) ?? 0);
    this.#takenAtCommit = this.#taken;
    this.#options.observer?.committed();
  }

  /** Drops all waiting records. */
  clear(): void {
    for (const queue of this.queues.values()) queue.clear();
  }

  /** Aborts calls, then runs the releases of its processors, the last one first. Tries all before it throws. */
  async close(): Promise<void> {
    this.#stages?.close(new Error(`task ${this.id} closes`));
    const errors: unknown[] = [];
    for (const release of this.#parts.releases.splice(0).reverse()) {
      try {
        await release();
      } catch (thrown) {
        errors.push(thrown);
      }
    }
    this.#options.observer?.closed();
    if (errors.length > 0)
      throw errors.length === 1 ? errors[0] : new AggregateError(errors, `closing task ${this.id}`);
  }

  /** Sets the wall clock that the nodes see, once per turn and not per record. Returns the monotonic time. */
  #readClocks(): number {
    const { clock } = this.#options;
    this.#time.wall = clock.now();
    return clock.monotonic();
  }

  /**
   * Repeats the calls of operators whose clocks advanced without a record. Returns false when they have to be repeated once
   * more: until then nothing that came later may reach the operators.
   */
  #advanceLateClocks(now: number): boolean {
    if (this.#stages?.hasLateClocks !== true) return true;
    if (this.#processor.waiting(now)) return false;
    this.#punctuator.advanceTime();
    this.#touched = true;
    return !this.#stages.hasLateClocks;
  }

  /** Ends what steps that wait for rows cost, once no record waits. */
  #endWaits(): void {
    if (this.loading || !this.intake.idle || this.#punctuator.unparked) return;
    this.#loading = undefined;
    this.#prefetcher = undefined;
    this.#parkedRecords = undefined;
    this.#processor.endWaits();
    if (this.#stages?.onlyParks === true) this.#stages = undefined;
    this.#options.journal.endWaits();
  }

  /** Returns how many records the task may take before the next commit. */
  #leftInCommit(): number {
    return (this.#options.limits?.maxPerCommit ?? Number.POSITIVE_INFINITY) - this.uncommitted;
  }

  /** Takes in no more records until the next commit, and requests it. */
  #awaitCommit(): void {
    this.intake.gate();
    this.#options.requestCommit();
  }

  /** Processes the oldest record. Returns false when it has to wait, or when there is none. */
  #processNext(now: number, gated: boolean): boolean {
    if (this.#processor.waiting(now)) return false;
    const punctuator = this.#punctuator.perRecord ? this.#punctuator : undefined;
    if (punctuator?.beforeRecord() === false || gated) return false;
    const queue = this.#group.next(now);
    if (queue === undefined) return false;
    if (this.#stages !== undefined && this.intake.closed(queue.tracked)) return false;
    if (this.#parkedRecords?.full === true) return false;
    if (this.#failedSends?.full === true) {
      this.#options.requestCommit();
      return false;
    }
    if (punctuator?.expires === true && !this.#expireBefore(queue)) return false;
    const parked = this.#parkedRecords?.count;
    if (this.#processor.process(queue) === 'again') return false;
    queue.advance();
    // A parked record counts once it is finished.
    if (this.#parkedRecords?.count === parked) queue.counters.processed.total++;
    this.#taken++;
    this.#touched = true;
    if (this.#punctuator.perRecord) this.#punctuator.afterRecord();
    return true;
  }

  /** Advances the clocks to a record, and deletes the rows that have ended then. Returns false when a call has to be repeated. */
  #expireBefore(queue: RecordQueue): boolean {
    const time = queue.decodedTimestamp;
    if (time !== undefined) {
      queue.advanceTime(time);
      if (time > this.#time.stream) this.#time.stream = time;
    }
    return this.#punctuator.expire();
  }
}
