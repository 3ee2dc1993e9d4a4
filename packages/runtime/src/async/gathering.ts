import type { BatchLimits, Cancel, Clock } from '@kstreams/core/graph';
import type { Job } from './job.js';
import type { Lanes } from './lanes.js';

/** When the jobs that are ready make a batch, and which. */
export class Gathering {
  readonly #limits: BatchLimits;
  readonly #lanes: Lanes;
  readonly #clock: Clock;
  readonly #due: () => void;
  #timer: Cancel | undefined;
  /** True when what is ready is enough, whatever it is. */
  #enough = false;

  /** `due` is told when the first job has waited long enough. */
  constructor(limits: BatchLimits, lanes: Lanes, clock: Clock, due: () => void) {
    this.#limits = limits;
    this.#lanes = lanes;
    this.#clock = clock;
    this.#due = due;
  }

  /** True when there is a batch to take; else the first job that is ready begins to wait for others. */
  get complete(): boolean {
    const { bytes, ready } = this.#lanes;
    const { maxBytes, maxSize, maxWait } = this.#limits;
    if (ready === 0) return false;
    if (this.#enough || ready >= maxSize || bytes >= maxBytes) return true;
    if (maxWait > 0) {
      this.#timer ??= this.#clock.after(maxWait, () => {
        this.#timer = undefined;
        this.hurry();
        this.#due();
      });
    }
    return false;
  }

  /** All that was at hand has come. */
  turn(): void {
    if (this.#limits.maxWait === 0) this.hurry();
  }

  /** What is ready now is enough. */
  hurry(): void {
    if (this.#lanes.ready > 0) this.#enough = true;
  }

  /** Takes the next batch: at most so many jobs and bytes, but for a single job that is larger. One at least is ready. */
  take(): readonly [Job, ...Job[]] {
    const { maxBytes, maxSize } = this.#limits;
    const jobs: [Job, ...Job[]] = [this.#lanes.take()];
    let { bytes } = jobs[0];
    for (let job = this.#lanes.head; job !== undefined && jobs.length < maxSize; job = this.#lanes.head) {
      bytes += job.bytes;
      if (bytes > maxBytes) return jobs;
      jobs.push(this.#lanes.take());
    }
    if (this.#lanes.ready === 0) this.close();
    return jobs;
  }

  /** Nothing waits. */
  close(): void {
    this.#enough = false;
    this.#timer?.();
    this.#timer = undefined;
  }
}
