import type { NodeId, Outgoing, Position } from '@kstreams/core/graph';
import type { Caused, Refusals } from './refusals.js';
import type { Outlet } from './sink.js';

/** An outlet that says with each record what has caused it: one that was read, or a call of a step. */
export class CausedOutlet implements Outlet {
  readonly #outlet: Outlet;
  readonly #task: string;
  readonly #refusals: Refusals | undefined;
  #cause: Position | undefined;
  #caller: NodeId | undefined;

  /** Without refusals nobody asks for causes. */
  constructor(outlet: Outlet, task: string, refusals: Refusals | undefined) {
    this.#outlet = outlet;
    this.#task = task;
    this.#refusals = refusals;
  }

  /** What follows is caused by this record; without one, by a call of that step. */
  begin(record: Position | undefined, node: NodeId): void {
    if (this.#refusals === undefined) return;
    this.#cause = record;
    this.#caller = record === undefined ? node : undefined;
  }

  /** What follows is caused by neither. */
  end(): void {
    this.#cause = undefined;
    this.#caller = undefined;
  }

  partitions(topic: string): number {
    return this.#outlet.partitions(topic);
  }

  send(record: Outgoing): void {
    const caused = this.#caused(record);
    if (this.#refusals?.leavesOut(caused) !== true) this.#outlet.send(caused);
  }

  #caused(record: Outgoing): Caused {
    if (this.#cause !== undefined) return { ...record, cause: this.#cause };
    return this.#caller === undefined ? record : { ...record, caller: { task: this.#task, node: this.#caller } };
  }
}
