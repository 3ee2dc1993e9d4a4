import type { Job } from './job.js';

/** Jobs in line. A job is in one line at most, for it knows itself who stands behind it. */
export class Line {
  /** Who is next; `undefined` when there is none. */
  head: Job | undefined = undefined;
  length = 0;
  #last: Job | undefined = undefined;

  /** Puts one at the end. */
  push(job: Job): void {
    if (this.head === undefined) this.head = job;
    else (this.#last as Job).behind = job;
    this.#last = job;
    this.length++;
  }

  /** Puts one in front of all others. */
  unshift(job: Job): void {
    if (this.head === undefined) this.#last = job;
    job.behind = this.head;
    this.head = job;
    this.length++;
  }

  /** Takes who is next. */
  shift(): Job | undefined {
    const job = this.head;
    if (job === undefined) return undefined;
    this.head = job.behind;
    job.behind = undefined;
    this.length--;
    return job;
  }

  clear(): void {
    while (this.head !== undefined) this.shift();
  }
}
