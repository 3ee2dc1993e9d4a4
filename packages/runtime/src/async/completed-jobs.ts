import type { Job } from './job.js';
import { JobQueue } from './job-queue.js';

/** Jobs whose last attempt has ended, in that order, until the task processes their results. */
export class CompletedJobs {
  readonly #wake: () => void;
  readonly #jobs = new JobQueue();

  /** `wake` is called with the first job, so that the task runs. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  get length(): number {
    return this.#jobs.length;
  }

  get head(): Job | undefined {
    return this.#jobs.head;
  }

  /** Adds a job with the result or the error of its last attempt. */
  push(job: Job, failed: boolean, value: unknown): void {
    job.failed = failed;
    job.value = value;
    this.#jobs.push(job);
    if (this.#jobs.length === 1) this.#wake();
  }

  /** Wakes the task after a call that ended and will be retried, since a drain may wait for it. */
  retried(): void {
    this.#wake();
  }

  /** Removes the first job. */
  shift(): void {
    this.#jobs.shift();
  }

  clear(): void {
    this.#jobs.clear();
  }
}
