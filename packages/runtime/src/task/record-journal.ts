import type { Journal } from '@kstreams/core/graph';

/**
 * Rolls back the writes of one piece of work, and defers actions that cannot be rolled back. Used where an error policy
 * may skip or retry, and where values may be pending. While it is off, a write costs one test.
 */
export class RecordJournal implements Journal {
  readonly #undos: (() => void)[] = [];
  readonly #kept: (() => void)[] = [];
  readonly #remember = (undo: () => void): void => void this.#undos.push(undo);
  undo: ((undo: () => void) => void) | undefined;

  /** Begins to record writes. */
  begin(): void {
    this.undo = this.#remember;
  }

  /** Runs an action that cannot be rolled back: at once while the journal is off, else when the work is kept. */
  whenKept(act: () => void): void {
    if (this.undo === undefined) act();
    else this.#kept.push(act);
  }

  /** Keeps the work and runs deferred actions. */
  keep(): void {
    this.#undos.length = 0;
    this.undo = undefined;
    for (const act of this.#kept.splice(0)) act();
  }

  /** Rolls back all writes, the last one first, and drops deferred actions. */
  rollBack(): void {
    this.undo = undefined;
    this.#kept.length = 0;
    for (const undo of this.#undos.splice(0).reverse()) undo();
  }
}
