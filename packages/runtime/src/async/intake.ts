import type { AsyncStages } from './async-stages.js';
import type { TrackedPartition } from './in-flight-records.js';

/**
 * Decides whether a task takes in records, and whether a commit may include what it did. A commit has to wait when it
 * would keep state above an async stage while results that follow from it could still be lost. Then the task takes in
 * nothing until its calls have ended and it was committed.
 */
export class Intake {
  readonly #stages: AsyncStages | undefined;
  #gated = false;

  /** Without async stages nothing ever waits. */
  constructor(stages: AsyncStages | undefined) {
    this.#stages = stages;
  }

  /** True while nothing is taken in until the next commit. */
  get gated(): boolean {
    return this.#gated;
  }

  /** True when no record of a partition may be taken in now. */
  closed(partition: TrackedPartition | undefined): boolean {
    return this.#gated || (partition !== undefined && this.#stages?.isFull(partition) === true);
  }

  /** True when an at-least-once commit may include the task. */
  get committable(): boolean {
    return this.#stages === undefined || !this.#stages.needsDrain;
  }

  /** True when no record is in a stage, as a transaction requires. */
  get idle(): boolean {
    return this.#stages === undefined || this.#stages.idle;
  }

  /** Number of records in flight. */
  get recordsInFlight(): number {
    return this.#stages?.inFlight.count ?? 0;
  }

  /** Number of calls in flight. */
  get callsInFlight(): number {
    return this.#stages?.callsInFlight ?? 0;
  }

  /** True when calls have ended and their results were not processed yet. */
  get hasResults(): boolean {
    return this.#stages?.hasResults === true;
  }

  /** True when a commit may include the task, alone or `together` with all others; else closes the intake until one may. */
  ready(together: boolean): boolean {
    if (together ? this.idle : this.committable) return true;
    this.gate();
    return false;
  }

  /** Takes in nothing until the next commit, and sends incomplete batches out. */
  gate(): void {
    this.#gated = true;
    this.#stages?.flush();
  }

  /** Takes in records again. */
  open(): void {
    this.#gated = false;
  }

  /** Begins to drain: everything where the commit requires it, else only the calls in flight. */
  drain(together: boolean): void {
    this.gate();
    if (!together && this.committable) this.#stages?.stop();
  }

  /** True when the drain is over. */
  drained(together: boolean): boolean {
    return this.idle || (!together && this.committable && this.callsInFlight === 0 && !this.hasResults);
  }
}
