import type { AsyncStages } from './async-stages.js';
import type { TrackedPartition } from './in-flight-records.js';

/**
 * The gate of a task for new records. A commit must not keep state above an async stage while results that derive from it
 * could still be lost. Such a commit waits: the task takes in no records until its calls have ended and it is committed.
 */
export class Intake {
  readonly #stages: AsyncStages | undefined;
  #gated = false;

  /** Without async stages the gate is never closed by a commit. */
  constructor(stages: AsyncStages | undefined) {
    this.#stages = stages;
  }

  /** True while no records are taken in until the next commit. */
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

  /** True when no record is in flight and no clock is late, as a transaction requires. */
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

  /** Takes in no records until the next commit, and sends incomplete batches out. */
  gate(): void {
    this.#gated = true;
    this.#stages?.flush();
  }

  /** Takes in records again. */
  open(): void {
    this.#gated = false;
  }

  /** Begins a drain: of all records in flight if the commit requires it, else of the calls in flight only. */
  drain(together: boolean): void {
    this.gate();
    if (!together && this.committable) this.#stages?.stop();
  }

  /** True when the drain is over. */
  drained(together: boolean): boolean {
    return this.idle || (!together && this.committable && this.callsInFlight === 0 && !this.hasResults);
  }
}
