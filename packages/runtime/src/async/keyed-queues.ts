import type { Job, SerialQueue } from './job.js';
import { JobQueue } from './job-queue.js';

/** Number of empty queues that are kept for later jobs, in addition to as many as are in use. */
const spare = 1_000;

/** Jobs by key: the first job of each key is ready, the others wait until it has left. */
export class KeyedQueues {
  /** By key; `undefined` when all jobs are independent. */
  readonly #queues: Map<unknown, SerialQueue> | undefined;
  readonly #ready = new JobQueue();
  #empty = 0;
  #bytes = 0;

  /** With `independent` no job waits for another. */
  constructor(independent: boolean) {
    this.#queues = independent ? undefined : new Map();
  }

  /** Number of ready jobs. */
  get ready(): number {
    return this.#ready.length;
  }

  /** Memory of the ready jobs, in bytes. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Number of queues, with the empty ones. */
  get size(): number {
    return this.#queues?.size ?? 0;
  }

  /** The job that has been ready longest. */
  get head(): Job | undefined {
    return this.#ready.head;
  }

  /** Adds a job behind all others of its key. */
  add(job: Job, key: unknown): void {
    const last = this.#queues && this.#append(this.#queues, job, key);
    if (last === undefined) this.#pushReady(job);
    else last.next = job;
  }

  /** Removes and returns the job that has been ready longest. Requires one. */
  take(): Job {
    const job = this.#ready.shift() as Job;
    this.#bytes -= job.bytes;
    return job;
  }

  /** Puts taken jobs back before all others. */
  putBack(jobs: readonly Job[]): void {
    for (const job of jobs.toReversed()) {
      this.#ready.unshift(job);
      this.#bytes += job.bytes;
    }
  }

  /** Lets the next job of the same key become ready. Does nothing for a job that has left before. */
  leave(job: Job): void {
    const { next, queue } = job;
    if (queue === undefined) return;
    job.queue = undefined;
    job.next = undefined;
    if (next !== undefined) {
      this.#pushReady(next);
      return;
    }
    queue.last = undefined;
    this.#empty++;
  }

  #pushReady(job: Job): void {
    this.#ready.push(job);
    this.#bytes += job.bytes;
  }

  /** Appends a job to the queue of its key and returns the job before it. */
  #append(queues: Map<unknown, SerialQueue>, job: Job, key: unknown): Job | undefined {
    const queue = queues.get(key) ?? this.#newQueue(queues, key);
    const { last } = queue;
    if (last === undefined) this.#empty--;
    job.queue = queue;
    queue.last = job;
    return last;
  }

  /** Creates an empty queue, and removes all other empty ones when there are too many. */
  #newQueue(queues: Map<unknown, SerialQueue>, key: unknown): SerialQueue {
    const inUse = queues.size - this.#empty;
    if (this.#empty > spare + inUse) {
      for (const [other, { last }] of queues) if (last === undefined) queues.delete(other);
      this.#empty = 0;
    }
    const queue: SerialQueue = { last: undefined };
    queues.set(key, queue);
    this.#empty++;
    return queue;
  }
}
