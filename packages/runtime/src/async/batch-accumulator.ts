import type { BatchLimits, Cancel, Clock } from '@kstreams/core/graph';
import type { Job } from './job.js';
import type { KeyedQueues } from './keyed-queues.js';

/** Decides when ready jobs make a batch, and takes them. */
export class BatchAccumulator {
  readonly #limits: BatchLimits;
  readonly #queues: KeyedQueues;
  readonly #clock: Clock;
  readonly #complete: () => void;
  #timer: Cancel | undefined;
  /** Number of parts of bisected batches so far. */
  #parts = 0;
  /** True when the ready jobs are a batch, however few. */
  #flushing = false;

  /** `complete` is called when the oldest job has waited for `maxWait`. */
  constructor(limits: BatchLimits, queues: KeyedQueues, clock: Clock, complete: () => void) {
    this.#limits = limits;
    this.#queues = queues;
    this.#clock = clock;
    this.#complete = complete;
  }

  /** True when a batch can be taken; else starts the wait of the first ready job. */
  get complete(): boolean {
    const { bytes, head, ready } = this.#queues;
    const { maxBytes, maxSize, maxWait } = this.#limits;
    if (head === undefined) return false;
    if (this.#flushing || head.part !== 0 || ready >= maxSize || bytes >= maxBytes) return true;
    if (maxWait > 0) {
      this.#timer ??= this.#clock.after(maxWait, () => {
        this.#timer = undefined;
        this.flush();
        this.#complete();
      });
    }
    return false;
  }

  /** Ends a turn of the task: without a `maxWait` the ready jobs are a batch. */
  endTurn(): void {
    if (this.#limits.maxWait === 0) this.flush();
  }

  /** Makes a batch of the ready jobs. */
  flush(): void {
    if (this.#queues.ready > 0) this.#flushing = true;
  }

  /**
   * Takes the next batch within the limits; a single larger job is a batch of one. A part of a bisected batch is a
   * separate batch. Requires a ready job.
   */
  take(): readonly [Job, ...Job[]] {
    const { maxBytes, maxSize } = this.#limits;
    const jobs: [Job, ...Job[]] = [this.#queues.take()];
    let { bytes } = jobs[0];
    const { part } = jobs[0];
    for (let job = this.#queues.head; job !== undefined && jobs.length < maxSize; job = this.#queues.head) {
      bytes += job.bytes;
      if (bytes > maxBytes || job.part !== part) return jobs;
      jobs.push(this.#queues.take());
    }
    if (this.#queues.ready === 0) this.reset();
    return jobs;
  }

  /**
   * Puts the jobs of a failed batch back in two halves, each with separate attempts. Returns false without
   * `bisectOnError`, while all of them have attempts left, and for a single job, which is retried alone from now on.
   */
  bisect(jobs: readonly Job[], attempts: number): boolean {
    if (!this.#limits.bisectOnError) return false;
    if (jobs.length > 1 && jobs.every(({ attempt, part }) => part === 0 && attempt < attempts)) return false;
    const half = Math.ceil(jobs.length / 2);
    for (const [i, job] of jobs.entries()) {
      if (i === 0 || i === half) this.#parts++;
      job.part = this.#parts;
    }
    if (jobs.length === 1) return false;
    for (const job of jobs) job.attempt = 0;
    this.#queues.putBack(jobs);
    return true;
  }

  /** Stops waiting. */
  reset(): void {
    this.#flushing = false;
    this.#timer?.();
    this.#timer = undefined;
  }
}
