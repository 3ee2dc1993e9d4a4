import type { InstanceRow } from './instance-row.js';

/**
 * The processes that hold tasks, by their rows in log order. A task belongs to the last process that claimed it. A crashed
 * process is listed until others have claimed all its tasks.
 */
export class Instances {
  readonly #rows = new Map<string, InstanceRow>();

  /** The rows, by the ids of their processes. */
  get rows(): ReadonlyMap<string, InstanceRow> {
    return this.#rows;
  }

  /** Applies the row of a process; `undefined` when it has left. Returns the processes that lost their last task to it. */
  apply(id: string, row: InstanceRow | undefined): readonly string[] {
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    const taken = new Set([...(row?.running ?? []), ...(row?.opening ?? [])]);
    if (taken.size === 0) return [];
    const emptied: string[] = [];
    for (const [other, before] of this.#rows) {
      if (other === id) continue;
      const left = (ids: readonly string[]): readonly string[] => ids.filter((one) => !taken.has(one));
      const after = { ...before, running: left(before.running), opening: left(before.opening) };
      if (after.running.length + after.opening.length > 0) {
        this.#rows.set(other, after);
      } else {
        this.#rows.delete(other);
        emptied.push(other);
      }
    }
    return emptied;
  }
}
