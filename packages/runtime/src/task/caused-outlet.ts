import type { Outgoing, Position } from '@kstreams/core';
import type { Caused } from './refusals.js';
import type { Outlet } from './sink.js';

/** An outlet that says with each record which one that was read has caused it. */
export class CausedOutlet implements Outlet {
  readonly #outlet: Outlet;
  readonly #tells: boolean;
  #cause: Position | undefined;

  /** `tells` is false where nobody asks. */
  constructor(outlet: Outlet, tells: boolean) {
    this.#outlet = outlet;
    this.#tells = tells;
  }

  /** The record in hand; `undefined` while schedules are called. */
  set cause(record: Position | undefined) {
    if (this.#tells) this.#cause = record;
  }

  partitions(topic: string): number {
    return this.#outlet.partitions(topic);
  }

  send(record: Outgoing): void {
    const caused: Caused = this.#cause === undefined ? record : { ...record, cause: this.#cause };
    this.#outlet.send(caused);
  }
}
