import type { Journal } from '@kstreams/core';

/**
 * Remembers how to take back what one record did, while the error policy may skip or retry it. Off, it costs one test
 * per write.
 */
export class RecordJournal implements Journal {
  readonly #takeBacks: (() => void)[] = [];
  undo: ((takeBack: () => void) => void) | undefined;

  /** Begins with a record: from now on writes are remembered. */
  begin(): void {
    this.undo = (takeBack) => this.#takeBacks.push(takeBack);
  }

  /** The record is done: nothing needs to be taken back. */
  keep(): void {
    this.#takeBacks.length = 0;
    this.undo = undefined;
  }

  /** Takes everything back, the last write first. */
  rollBack(): void {
    this.undo = undefined;
    for (let i = this.#takeBacks.length - 1; i >= 0; i--) this.#takeBacks[i]?.();
    this.#takeBacks.length = 0;
  }
}
