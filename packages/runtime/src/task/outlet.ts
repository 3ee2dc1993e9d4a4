import type { Outgoing } from '@kstreams/core';
import type { Outlet } from './sink.js';

/**
 * Holds back what a record sends until the record is done, while the error policy may take it back. Without a journal
 * records go straight through.
 */
export class JournaledOutlet implements Outlet {
  readonly #held: Outgoing[] = [];
  readonly #through: Outlet;
  #holding = false;

  constructor(through: Outlet) {
    this.#through = through;
  }

  partitions(topic: string): number {
    return this.#through.partitions(topic);
  }

  send(record: Outgoing): void {
    if (this.#holding) this.#held.push(record);
    else this.#through.send(record);
  }

  /** From now on what is sent is held. */
  hold(): void {
    this.#holding = true;
  }

  /** Sends what was held. */
  release(): void {
    this.#holding = false;
    for (const record of this.#held) this.#through.send(record);
    this.#held.length = 0;
  }

  /** Forgets what was held. */
  discard(): void {
    this.#holding = false;
    this.#held.length = 0;
  }
}
