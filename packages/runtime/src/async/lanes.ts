import type { Job } from './job.js';
import { Line } from './line.js';

/** Jobs that are done one after another. */
export interface Lane {
  /** The last of them; `undefined` while there is none. */
  last: Job | undefined;
}

/** How many empty lanes are kept for jobs to come, beside as many as are in use. */
const spare = 1_000;

/** Jobs in lanes: the first of each lane is ready, the others wait until it has left. */
export class Lanes {
  /** By what tells them apart; `undefined` where every job has a lane to itself. */
  readonly #lanes: Map<unknown, Lane> | undefined;
  readonly #ready = new Line();
  #empty = 0;
  #bytes = 0;

  /** `apart`: every job has a lane to itself. */
  constructor(apart: boolean) {
    this.#lanes = apart ? undefined : new Map();
  }

  /** How many jobs are ready. */
  get ready(): number {
    return this.#ready.length;
  }

  /** How many bytes the jobs have that are ready. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many lanes there are, with the empty ones. */
  get kept(): number {
    return this.#lanes?.size ?? 0;
  }

  /** The job that became ready first. */
  get head(): Job | undefined {
    return this.#ready.head;
  }

  /** A job comes in, behind all others of the lane that `id` names. */
  enter(job: Job, id: unknown): void {
    const last = this.#lanes && this.#join(this.#lanes, job, id);
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
    const { lane, next } = job;
    if (lane === undefined) return;
    job.lane = undefined;
    job.next = undefined;
    if (next !== undefined) {
      this.#isReady(next);
      return;
    }
    lane.last = undefined;
    this.#empty++;
  }

  #isReady(job: Job): void {
    this.#ready.push(job);
    this.#bytes += job.bytes;
  }

  /** Becomes the last of its lane; answers who was. */
  #join(lanes: Map<unknown, Lane>, job: Job, id: unknown): Job | undefined {
    const lane = lanes.get(id) ?? this.#newLane(lanes, id);
    const { last } = lane;
    if (last === undefined) this.#empty--;
    job.lane = lane;
    lane.last = job;
    return last;
  }

  /** Makes an empty lane, and lets go of the others that are empty if there are many. */
  #newLane(lanes: Map<unknown, Lane>, id: unknown): Lane {
    const inUse = lanes.size - this.#empty;
    if (this.#empty > spare + inUse) {
      for (const [other, { last }] of lanes) if (last === undefined) lanes.delete(other);
      this.#empty = 0;
    }
    const lane: Lane = { last: undefined };
    lanes.set(id, lane);
    this.#empty++;
    return lane;
  }
}
