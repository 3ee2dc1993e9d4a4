import type { PartitionQueue } from '../task/queue.js';
import type { AsyncWork } from './async-work.js';

/**
 * Whether a task takes in records, and whether a commit may take what is done. A commit must wait where state above an
 * async stage would be kept while what follows from it could still be lost: the task then takes in nothing more until
 * its calls have ended and it was committed.
 */
export class Intake {
  readonly #work: AsyncWork | undefined;
  #gated = false;

  /** Without async work nothing ever waits. */
  constructor(work: AsyncWork | undefined) {
    this.#work = work;
  }

  /** True when nothing is taken in until a commit. */
  get gated(): boolean {
    return this.#gated;
  }

  /** True when no record of a partition may be taken in now. */
  closed(queue: PartitionQueue): boolean {
    return this.#gated || this.#work?.full(queue) === true;
  }

  /** True when a commit at least once may take what is done. */
  get committable(): boolean {
    return this.#work === undefined || !this.#work.drainsFirst;
  }

  /** True when nothing is under way at all, as a transaction needs it. */
  get idle(): boolean {
    return this.#work === undefined || this.#work.idle;
  }

  /** How many records are under way. */
  get underWay(): number {
    return this.#work?.origins.count ?? 0;
  }

  /** How many calls are in flight. */
  get inFlight(): number {
    return this.#work?.inFlight ?? 0;
  }

  /** True when calls have ended whose results were not dealt with yet. */
  get completed(): boolean {
    return (this.#work?.completions.length ?? 0) > 0;
  }

  /** True when a commit may take what is done, alone or `together` with all others; else nothing is taken in until one may. */
  ready(together: boolean): boolean {
    if (together ? this.idle : this.committable) return true;
    this.gate();
    return false;
  }

  /** Takes in nothing until a commit, and waits for no fuller batches. */
  gate(): void {
    this.#gated = true;
    this.#work?.hurry();
  }

  /** Takes in again. */
  open(): void {
    this.#gated = false;
  }

  /** Begins to end what is under way: all of it where the commit needs that, else only the calls in flight. */
  drain(together: boolean): void {
    this.gate();
    if (!together && this.committable) this.#work?.stop();
  }

  /** True when what `drain` began is over. */
  drained(together: boolean): boolean {
    return this.idle || (!together && this.committable && this.inFlight === 0 && !this.completed);
  }
}
