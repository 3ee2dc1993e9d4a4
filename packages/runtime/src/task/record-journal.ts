import type { Journal } from '@kstreams/core/graph';

/**
 * Remembers how to roll back one piece of work, and defers what cannot be rolled back, for an error policy that may skip
 * or retry and for slow stores. Costs one test per write while it is off.
 */
export class RecordJournal implements Journal {
  readonly #undos: (() => void)[] = [];
  readonly #kept: (() => void)[] = [];
  readonly #remember = (undo: () => void): void => void this.#undos.push(undo);
  undo: ((undo: () => void) => void) | undefined;

  /** Begins to remember writes. */
  begin(): void {
    this.undo = this.#remember;
  }

  /** Runs what cannot be rolled back: at once while the journal is off, else when the work is kept. */
  whenKept(act: () => void): void {
    if (this.undo === undefined) act();
    else this.#kept.push(act);
  }

  /** Keeps the work and runs what was deferred. */
  keep(): void {
    this.#undos.length = 0;
    this.undo = undefined;
    for (const act of this.#kept.splice(0)) act();
  }

  /** Rolls everything back, the last write first. */
  rollBack(): void {
    this.undo = undefined;
    this.#kept.length = 0;
    for (const undo of this.#undos.splice(0).reverse()) undo();
  }
}
