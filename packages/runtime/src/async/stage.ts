import type { AsyncStage, CallWork, Cancel, Clock, NodeId, StreamRecord } from '@kstreams/core/graph';
import type { Counter } from '../telemetry/counter-set.js';
import { BatchAccumulator } from './batch-accumulator.js';
import { batchResults, type CallOutcome, wrongResults } from './batch-results.js';
import { CallsInFlight } from './calls-in-flight.js';
import type { CompletedJobs } from './completed-jobs.js';
import type { ConcurrencyLimiter, LimitedStage } from './concurrency-limiter.js';
import type { InFlightRecords } from './in-flight-records.js';
import { Job, type JobStage } from './job.js';
import { JobQueue } from './job-queue.js';
import { KeyedQueues } from './keyed-queues.js';
import { noOthers } from './pending-call.js';

/** Options of a stage. */
export interface StageOptions {
  readonly node: NodeId;
  readonly settings: AsyncStage;
  readonly work: CallWork<unknown, unknown, unknown>;
  /** Passes a result on to the node's children, in the task's turn. */
  readonly done: (from: StreamRecord<unknown, unknown>, result: unknown) => void;
  readonly limiter: ConcurrencyLimiter;
  readonly clock: Clock;
  readonly inFlight: InFlightRecords;
  readonly completed: CompletedJobs;
  /** Counts the records of retried calls. */
  readonly retries: Counter;
}

/**
 * An async step of one task. Records enter synchronously and queue by key. Calls begin within the limits of order,
 * concurrency and rate. Results are kept until the task's turn. A retry delays only records of the same key.
 */
export class Stage implements JobStage, LimitedStage {
  readonly node: NodeId;
  readonly onError: AsyncStage['onError'];
  readonly done: StageOptions['done'];
  queued = false;
  readonly #settings: AsyncStage;
  readonly #clock: Clock;
  readonly #completed: CompletedJobs;
  readonly #inFlight: InFlightRecords;
  readonly #limiter: ConcurrencyLimiter;
  readonly #queues: KeyedQueues;
  readonly #calls: CallsInFlight;
  readonly #batches: BatchAccumulator | undefined;
  readonly #retries: Counter;
  readonly #backoffs = new Set<Cancel>();
  /** True when calls of equal keys run one after another. */
  readonly #keyed: boolean;
  /** True when batches run one after another. */
  readonly #serial: boolean;
  /** The failed job that blocks a stage with serial batches. */
  #blockedBy: Job | undefined;
  /** Finished jobs, to be reused. */
  readonly #pool = new JobQueue();
  #jobs = 0;
  #bytes = 0;
  readonly #maxJobs: number;
  readonly #maxBytes: number;
  #pumping = false;
  #stopped = false;

  constructor(options: StageOptions) {
    const { clock, settings, work } = options;
    const { batch, buffer, order, timeout } = settings;
    this.#maxJobs = buffer.records;
    this.#maxBytes = buffer.bytes;
    this.node = options.node;
    this.#settings = settings;
    this.onError = settings.onError;
    this.done = options.done;
    this.#clock = clock;
    this.#completed = options.completed;
    this.#retries = options.retries;
    this.#inFlight = options.inFlight;
    this.#limiter = options.limiter;
    this.#keyed = order === 'key';
    this.#serial = batch !== undefined && order === 'partition';
    this.#queues = new KeyedQueues(order === 'none' || this.#serial);
    const ended = (first: Job, others: readonly Job[], failed: boolean, value: unknown): void =>
      this.#ended(first, others, failed, value);
    this.#calls = new CallsInFlight({ work, clock, timeout, ended });
    this.#batches = batch && new BatchAccumulator(batch, this.#queues, clock, () => this.pump());
  }

  /** True when the stage holds no job. */
  get idle(): boolean {
    return this.#jobs === 0;
  }

  /** Number of calls in flight. */
  get callsInFlight(): number {
    return this.#calls.size;
  }

  /** True when the buffer is full. */
  get full(): boolean {
    return this.#jobs >= this.#maxJobs || this.#bytes >= this.#maxBytes;
  }

  /** Returns the key by which a record queues. Throws when its key has no identity. */
  queueKey({ key }: StreamRecord<unknown, unknown>): unknown {
    return this.#keyed ? (this.#settings.keyId?.(key) ?? key) : undefined;
  }

  /** Adds a record that derives from the current source record. */
  enter(record: StreamRecord<unknown, unknown>, queueKey: unknown): void {
    const origin = this.#inFlight.current;
    const job = this.#pool.shift() ?? new Job(this, origin);
    job.begin(record, origin);
    origin.pending++;
    this.#jobs++;
    this.#bytes += job.bytes;
    this.#queues.add(job, queueKey);
    if (!this.queued) this.pump();
  }

  /** Begins as many calls as possible. */
  pump(): void {
    if (!this.#pumping) this.#beginCalls(false);
  }

  /** Ends a turn of the task: batches without a `maxWait` go out. */
  endTurn(): void {
    this.#batches?.endTurn();
    this.pump();
  }

  /** Sends incomplete batches out, because a drain has begun. */
  flush(): void {
    this.#batches?.flush();
    this.pump();
  }

  /** Begins no more calls. */
  stop(): void {
    this.#stopped = true;
    this.#limiter.remove(this);
  }

  /** Removes a finished job, in the task's turn. */
  finish(job: Job): void {
    this.#jobs--;
    this.#bytes -= job.bytes;
    if (this.#blockedBy === job) this.#blockedBy = undefined;
    this.#queues.leave(job);
    job.end();
    this.#pool.unshift(job);
    if (!this.queued) this.pump();
  }

  /** Calls again for jobs, after a delay in ms. */
  retry(jobs: readonly Job[], after: number): void {
    this.#retries.total += jobs.length;
    const cancel = this.#clock.after(after, () => {
      this.#backoffs.delete(cancel);
      if (this.#serial) this.#blockedBy = undefined;
      this.#queues.putBack(jobs);
      this.endTurn();
    });
    this.#backoffs.add(cancel);
  }

  /** Aborts all calls and ignores their results. */
  close(reason: Error): void {
    this.stop();
    const { callsInFlight } = this;
    this.#calls.abort(reason);
    this.#batches?.reset();
    for (const cancel of this.#backoffs) cancel();
    this.#backoffs.clear();
    for (let i = 0; i < callsInFlight; i++) this.#limiter.release();
  }

  /** Begins calls, the first one in a slot that is already acquired if `hasSlot`. */
  #beginCalls(hasSlot: boolean): void {
    let acquired = hasSlot;
    this.#pumping = true;
    try {
      const batches = this.#batches;
      const queues = this.#queues;
      while (batches === undefined ? queues.ready > 0 && !this.#stopped : this.#hasBatch(batches)) {
        if (!acquired && (this.queued || !this.#limiter.acquire(this))) break;
        acquired = false;
        if (batches === undefined) this.#callOne(queues.take());
        else this.#callMany(batches.take());
      }
    } finally {
      this.#pumping = false;
    }
    if (acquired) this.#limiter.release();
  }

  #hasBatch(batches: BatchAccumulator): boolean {
    if (this.#stopped || (this.#serial && (this.callsInFlight > 0 || this.#blockedBy !== undefined))) return false;
    return batches.complete;
  }

  #callOne(job: Job): void {
    job.attempt++;
    this.#calls.begin(job, noOthers);
  }

  #callMany([first, ...others]: readonly [Job, ...Job[]]): void {
    for (const job of [first, ...others]) job.attempt++;
    this.#calls.begin(first, others);
  }

  /** Keeps the outcome of a call until the task's turn, and begins the next calls. */
  #ended(first: Job, others: readonly Job[], failed: boolean, value: unknown): void {
    if (!failed && this.#batches === undefined) {
      this.#succeeded(first, value);
    } else {
      const jobs = [first, ...others];
      const failure = failed ? { failed, value } : wrongResults(this.node, value, jobs.length);
      if (failure === undefined) this.#settle(jobs, batchResults(value as readonly unknown[]));
      else this.#failed(jobs, failure);
    }
    if (!this.#pumping && this.#limiter.canReuse(this)) {
      this.#beginCalls(true);
      return;
    }
    this.#limiter.release();
    if (!this.queued) this.pump();
  }

  #succeeded(job: Job, value: unknown): void {
    if (this.#settings.stateful !== true) this.#queues.leave(job);
    this.#completed.push(job, false, value);
  }

  /** Calls again for the halves of a failed batch, or ends the attempt of all its jobs. */
  #failed(jobs: readonly Job[], failure: CallOutcome): void {
    if (this.#batches?.bisect(jobs, this.#settings.attempts) !== true) {
      this.#settle(
        jobs,
        jobs.map(() => failure),
      );
      return;
    }
    this.#retries.total += jobs.length;
    this.#completed.retried();
  }

  #settle(jobs: readonly Job[], outcomes: readonly CallOutcome[]): void {
    const failure = this.#serial ? outcomes.findIndex(({ failed }) => failed) : -1;
    if (failure >= 0) this.#block(jobs[failure] as Job, jobs.slice(failure + 1));
    const retried: Job[] = [];
    for (const [i, job] of (failure < 0 ? jobs : jobs.slice(0, failure + 1)).entries()) {
      const { failed, value } = outcomes[i] as CallOutcome;
      if (!failed) this.#succeeded(job, value);
      else if (job.attempt < this.#settings.attempts) retried.push(job);
      else this.#completed.push(job, failed, value);
    }
    const [first] = retried;
    if (first === undefined) return;
    let pause: number;
    try {
      pause = this.#settings.backoff(first.attempt);
    } catch (thrown) {
      for (const job of retried) this.#completed.push(job, true, thrown);
      return;
    }
    this.retry(retried, pause);
    this.#completed.retried();
  }

  /** Blocks the stage on a failed job and puts the rest of its batch back. */
  #block(failed: Job, rest: readonly Job[]): void {
    this.#blockedBy = failed;
    for (const job of rest) job.attempt--;
    this.#queues.putBack(rest);
  }
}
