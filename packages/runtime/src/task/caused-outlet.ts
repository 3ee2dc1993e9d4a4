import type { NodeId, Outgoing, Position } from '@kstreams/core/graph';
import type { Caused, FailedSends } from './failed-sends.js';
import type { Outlet } from './sink.js';

/** An outlet that says with each record what has caused it: one that was read, or a call of a step. */
export class CausedOutlet implements Outlet {
  readonly #outlet: Outlet;
  readonly #task: string;
  readonly #failedSends: FailedSends | undefined;
  #cause: Position | undefined;
  #caller: NodeId | undefined;

  /** Without failedSends nobody asks for causes. */
  constructor(outlet: Outlet, task: string, failedSends: FailedSends | undefined) {
    this.#outlet = outlet;
    this.#task = task;
    this.#failedSends = failedSends;
  }

  /** What follows is caused by this record; without one, by a call of that step. */
  begin(record: Position | undefined, node: NodeId): void {
    if (this.#failedSends === undefined) return;
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
    if (this.#failedSends?.skips(caused) !== true) this.#outlet.send(caused);
  }

  #caused(record: Outgoing): Caused {
    if (this.#cause !== undefined) return { ...record, cause: this.#cause };
    return this.#caller === undefined ? record : { ...record, caller: { task: this.#task, node: this.#caller } };
  }
}
