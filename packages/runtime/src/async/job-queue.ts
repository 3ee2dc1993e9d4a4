import type { Job } from './job.js';

/** A linked list of jobs, first in, first out. The jobs hold the links, so a job is in one queue at most. */
export class JobQueue {
  /** The first job; `undefined` in an empty queue. */
  head: Job | undefined = undefined;
  length = 0;
  #last: Job | undefined = undefined;

  /** Appends a job. */
  push(job: Job): void {
    if (this.head === undefined) this.head = job;
    else (this.#last as Job).behind = job;
    this.#last = job;
    this.length++;
  }

  /** Inserts a job before all others. */
  unshift(job: Job): void {
    if (this.head === undefined) this.#last = job;
    job.behind = this.head;
    this.head = job;
    this.length++;
  }

  /** Removes and returns the first job. */
  shift(): Job | undefined {
    const job = this.head;
    if (job === undefined) return undefined;
    this.head = job.behind;
    job.behind = undefined;
    this.length--;
    return job;
  }

  /** Removes all jobs. */
  clear(): void {
    while (this.head !== undefined) this.shift();
  }
}
