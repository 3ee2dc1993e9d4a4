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
    const { bytes, ready } = this.#queues;
    const { maxBytes, maxSize, maxWait } = this.#limits;
    if (ready === 0) return false;
    if (this.#flushing || ready >= maxSize || bytes >= maxBytes) return true;
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

  /** Takes the next batch within the limits; a single larger job is a batch of one. Requires a ready job. */
  take(): readonly [Job, ...Job[]] {
    const { maxBytes, maxSize } = this.#limits;
    const jobs: [Job, ...Job[]] = [this.#queues.take()];
    let { bytes } = jobs[0];
    for (let job = this.#queues.head; job !== undefined && jobs.length < maxSize; job = this.#queues.head) {
      bytes += job.bytes;
      if (bytes > maxBytes) return jobs;
      jobs.push(this.#queues.take());
    }
    if (this.#queues.ready === 0) this.reset();
    return jobs;
  }

  /** Stops waiting. */
  reset(): void {
    this.#flushing = false;
    this.#timer?.();
    this.#timer = undefined;
  }
}
