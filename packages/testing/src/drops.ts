import type { DropReason } from '@kstreams/core/graph';

/** The numbers of dropped records, by node and reason. */
export interface Drops {
  readonly node: string;
  readonly reason: DropReason;
  readonly count: number;
}

/** Counts drops by node and reason. */
export class DropCounts {
  readonly #counts = new Map<string, Drops>();

  add(node: string, reason: DropReason): void {
    const id = `${node} ${reason}`;
    this.#counts.set(id, { node, reason, count: (this.#counts.get(id)?.count ?? 0) + 1 });
  }

  /** The total of each node and reason, in the order of their first drop. */
  list(): readonly Drops[] {
    return [...this.#counts.values()];
  }

  /** Returns the number of drops, in total or for one reason. */
  total(reason?: DropReason): number {
    const counted = this.list().filter((one) => reason === undefined || one.reason === reason);
    return counted.reduce((sum, { count }) => sum + count, 0);
  }
}
