import type { InstanceRow } from './instance-row.js';

/**
 * The processes that hold tasks, from what they wrote, taken in the order of the log. Who takes a task has it from then
 * on, whoever had it before: so one that died without a word is named until another has its tasks, and no longer.
 */
export class Instances {
  readonly #rows = new Map<string, InstanceRow>();

  /** By the ids of the processes. */
  get rows(): ReadonlyMap<string, InstanceRow> {
    return this.#rows;
  }

  /** Takes in what a process wrote, undefined for its farewell; answers those that have no task left because of it. */
  take(id: string, row: InstanceRow | undefined): readonly string[] {
    if (row === undefined) this.#rows.delete(id);
    else this.#rows.set(id, row);
    const taken = new Set([...(row?.running ?? []), ...(row?.opening ?? [])]);
    if (taken.size === 0) return [];
    const bereft: string[] = [];
    for (const [other, before] of this.#rows) {
      if (other === id) continue;
      const left = (ids: readonly string[]): readonly string[] => ids.filter((one) => !taken.has(one));
      const after = { ...before, running: left(before.running), opening: left(before.opening) };
      if (after.running.length + after.opening.length > 0) {
        this.#rows.set(other, after);
      } else {
        this.#rows.delete(other);
        bereft.push(other);
      }
    }
    return bereft;
  }
}
