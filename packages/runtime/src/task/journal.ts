import type { Journal } from '@kstreams/core/graph';

/**
 * Remembers how to take back what one record did, and holds back what cannot be taken back, while the error policy may
 * skip or retry the record. Off, it costs one test per write.
 */
export class RecordJournal implements Journal {
  readonly #takeBacks: (() => void)[] = [];
  readonly #kept: (() => void)[] = [];
  undo: ((takeBack: () => void) => void) | undefined;

  /** Begins with a record: from now on writes are remembered. */
  begin(): void {
    this.undo = (takeBack) => this.#takeBacks.push(takeBack);
  }

  /** Does what cannot be taken back: at once while nothing is remembered, else when the record is kept. */
  whenKept(act: () => void): void {
    if (this.undo === undefined) act();
    else this.#kept.push(act);
  }

  /** The record is done: nothing needs to be taken back. */
  keep(): void {
    this.#takeBacks.length = 0;
    this.undo = undefined;
    for (const act of this.#kept.splice(0)) act();
  }

  /** Takes everything back, the last write first. */
  rollBack(): void {
    this.undo = undefined;
    this.#kept.length = 0;
    for (const takeBack of this.#takeBacks.splice(0).reverse()) takeBack();
  }
}
