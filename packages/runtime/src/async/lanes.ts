import { bytesOf, type Job } from './job.js';

/** Jobs in lanes: the first of each lane is ready, the others wait until it has left. */
export class Lanes {
  /** The last job of each lane. */
  readonly #last = new Map<unknown, Job>();
  readonly #apart: boolean;
  #ready: Job[] = [];
  #at = 0;
  #bytes = 0;

  /** `apart`: every job has a lane to itself. */
  constructor(apart: boolean) {
    this.#apart = apart;
  }

  /** How many jobs are ready. */
  get ready(): number {
    return this.#ready.length - this.#at;
  }

  /** How many bytes the jobs have that are ready. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The job that became ready first. */
  get head(): Job | undefined {
    return this.#ready[this.#at];
  }

  /** A job comes in, behind all others of its lane. */
  enter(job: Job): void {
    const last = this.#apart ? undefined : this.#last.get(job.lane);
    if (!this.#apart) this.#last.set(job.lane, job);
    if (last === undefined) this.again(job);
    else last.next = job;
  }

  /** Takes the job that became ready first. */
  take(): Job {
    const job = this.#ready[this.#at++] as Job;
    this.#bytes -= bytesOf(job);
    if (this.#at === this.#ready.length) {
      this.#ready = [];
      this.#at = 0;
    } else if (this.#at > 1_024) {
      this.#ready = this.#ready.slice(this.#at);
      this.#at = 0;
    }
    return job;
  }

  /** A job is ready again. */
  again(job: Job): void {
    this.#ready.push(job);
    this.#bytes += bytesOf(job);
  }

  /** Jobs are ready again, before all others. */
  first(jobs: readonly Job[]): void {
    this.#ready = [...jobs, ...this.#ready.slice(this.#at)];
    this.#at = 0;
    for (const job of jobs) this.#bytes += bytesOf(job);
  }

  /** A job leaves, if it has not yet: the next of its lane is ready. */
  leave(job: Job): void {
    if (this.#apart || job.left) return;
    job.left = true;
    if (job.next !== undefined) this.again(job.next);
    else this.#last.delete(job.lane);
  }
}
