import type { InstanceRow } from './instance-row.js';

/** A process and its tasks. */
interface Instance {
  readonly endpoint: string;
  readonly running: Set<string>;
  readonly opening: Set<string>;
}

/** The process that holds a task. */
export interface TaskHolder {
  /** The id of the process. */
  readonly id: string;
  readonly endpoint: string;
  /** False while the task is opening. */
  readonly runs: boolean;
}

/**
 * The processes that hold tasks, by their rows in log order. A task belongs to the last process that claimed it. A crashed
 * process is listed until others have claimed all its tasks. A row costs as much as it names tasks, however many processes
 * there are.
 */
export class Instances {
  readonly #instances = new Map<string, Instance>();
  readonly #holders = new Map<string, string>();

  /** The number of processes. */
  get size(): number {
    return this.#instances.size;
  }

  /** The rows, by the ids of their processes. */
  get rows(): ReadonlyMap<string, InstanceRow> {
    return new Map(
      [...this.#instances].map(([id, { endpoint, opening, running }]) => [
        id,
        { endpoint, running: [...running], opening: [...opening] },
      ]),
    );
  }

  /** Returns the row of a process. */
  row(id: string): InstanceRow | undefined {
    const found = this.#instances.get(id);
    return found && { endpoint: found.endpoint, running: [...found.running], opening: [...found.opening] };
  }

  /** Returns the process that holds a task. */
  holderOf(task: string): TaskHolder | undefined {
    const id = this.#holders.get(task);
    const instance = id === undefined ? undefined : this.#instances.get(id);
    if (id === undefined || instance === undefined) return undefined;
    return { id, endpoint: instance.endpoint, runs: instance.running.has(task) };
  }

  /** Applies the row of a process; `undefined` when it has left. Returns the processes that lost their last task to it. */
  apply(id: string, row: InstanceRow | undefined): readonly string[] {
    const before = this.#instances.get(id);
    for (const task of [...(before?.running ?? []), ...(before?.opening ?? [])]) this.#holders.delete(task);
    if (row === undefined) {
      this.#instances.delete(id);
      return [];
    }
    const { endpoint, opening, running } = row;
    this.#instances.set(id, { endpoint, running: new Set(running), opening: new Set(opening) });
    return [...running, ...opening].flatMap((task) => this.#claim(task, id) ?? []);
  }

  /** Takes a task from its holder. Returns the holder if that was its last task. */
  #claim(task: string, id: string): string | undefined {
    const holder = this.#holders.get(task);
    this.#holders.set(task, id);
    if (holder === undefined || holder === id) return undefined;
    const { opening, running } = this.#instances.get(holder) as Instance;
    running.delete(task);
    opening.delete(task);
    if (running.size + opening.size > 0) return undefined;
    this.#instances.delete(holder);
    return holder;
  }
}
