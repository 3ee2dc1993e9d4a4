import type { Journal } from '@kstreams/core/graph';

/** Options of a journal. */
export interface JournalOptions {
  /** True when work may be rolled back; true by default. */
  readonly rollsBack?: boolean;
  /** True when work is rolled back only because it may wait for a value. */
  readonly onlyForWaits?: boolean;
  /** Throws the error of a write outside of a turn; such writes are allowed unless set. */
  readonly refuse?: () => never;
}

/**
 * The turn of a task, in which it processes one record, result, timer or schedule. Refuses writes outside of it. Rolls back
 * the writes of a turn and defers its actions, where an error policy may skip or retry and where values may be pending.
 * Elsewhere a write costs one test: a store calls `undo` before it changes a row.
 */
export class RecordJournal implements Journal {
  undo: ((undo: () => void) => void) | undefined;
  /** True when work may be rolled back. `endWaits` alone changes it. */
  rollsBack: boolean;
  /** Throws the error of a write outside of a turn; undefined if such writes are allowed. */
  readonly refuse: (() => never) | undefined;
  readonly #onlyForWaits: boolean;
  readonly #undos: (() => void)[] = [];
  readonly #kept: (() => void)[] = [];
  readonly #remember = (undo: () => void): void => void this.#undos.push(undo);

  constructor({ onlyForWaits = false, refuse, rollsBack = true }: JournalOptions = {}) {
    this.#onlyForWaits = onlyForWaits;
    this.rollsBack = rollsBack;
    this.refuse = refuse;
    this.undo = refuse;
  }

  /** Rolls back no later work for values that are not loaded. Called outside of a turn. */
  endWaits(): void {
    if (this.#onlyForWaits) this.rollsBack = false;
  }

  /** True during a turn. */
  get open(): boolean {
    return this.undo !== this.refuse;
  }

  /** Begins a turn. */
  begin(): void {
    this.undo = this.rollsBack ? this.#remember : undefined;
  }

  /** Runs an action that cannot be rolled back: when the work of the turn is kept, at once where nothing is rolled back. */
  whenKept(act: () => void): void {
    if (this.undo === this.#remember) this.#kept.push(act);
    else act();
  }

  /** Calls `undo` if the work of the turn is rolled back. */
  whenRolledBack(undo: () => void): void {
    if (this.undo === this.#remember) this.#undos.push(undo);
  }

  /** Ends a turn: keeps its work and runs deferred actions. */
  keep(): void {
    this.undo = this.refuse;
    if (!this.rollsBack) return;
    this.#undos.length = 0;
    for (const act of this.#kept.splice(0)) act();
  }

  /** Ends a turn: rolls back all writes, the last one first, and drops deferred actions. */
  rollBack(): void {
    this.undo = this.refuse;
    this.#kept.length = 0;
    for (const undo of this.#undos.splice(0).reverse()) undo();
  }
}
