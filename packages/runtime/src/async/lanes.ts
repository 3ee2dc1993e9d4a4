import { Fifo } from '../task/fifo.js';
import type { Job } from './job.js';

/** Jobs in lanes: the first of each lane is ready, the others wait until it has left. */
export class Lanes {
  /** The last job of each lane; `undefined` where every job has a lane to itself. */
  readonly #last: Map<unknown, Job> | undefined;
  readonly #ready = new Fifo<Job>();
  #bytes = 0;

  /** `apart`: every job has a lane to itself. */
  constructor(apart: boolean) {
    this.#last = apart ? undefined : new Map();
  }

  /** How many jobs are ready. */
  get ready(): number {
    return this.#ready.length;
  }

  /** How many bytes the jobs have that are ready. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The job that became ready first. */
  get head(): Job | undefined {
    return this.#ready.head;
  }

  /** A job comes in, behind all others of its lane. */
  enter(job: Job): void {
    const last = this.#last?.get(job.lane);
    this.#last?.set(job.lane, job);
    if (last === undefined) this.#isReady(job);
    else last.next = job;
  }

  /** Takes the job that became ready first; there is one. */
  take(): Job {
    const job = this.#ready.shift() as Job;
    this.#bytes -= job.bytes;
    return job;
  }

  /** Jobs are ready again, before all others. */
  first(jobs: readonly Job[]): void {
    for (const job of jobs.toReversed()) {
      this.#ready.unshift(job);
      this.#bytes += job.bytes;
    }
  }

  /** A job leaves, if it has not yet: the next of its lane is ready. */
  leave(job: Job): void {
    if (this.#last === undefined || job.left) return;
    const { next } = job;
    job.left = true;
    job.next = undefined;
    if (next !== undefined) this.#isReady(next);
    else this.#last.delete(job.lane);
  }

  #isReady(job: Job): void {
    this.#ready.push(job);
    this.#bytes += job.bytes;
  }
}
