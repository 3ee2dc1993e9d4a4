import type { StorePartition } from './store-partition.js';

/** The rows of a store partition in this process while its task does not run here. */
export interface StoreCopy extends StorePartition {
  /**
   * The last wall-clock time at which the rows were all that were committed, in ms; undefined where none is known. Later
   * changes may be missing.
   */
  readonly completeAt: number | undefined;
  /** The number of changelog offsets that a restore has still to read; undefined where the end is not known. */
  readonly lag: number | undefined;
}

/** The progress of the restore of a copy. */
export interface RestoredCopy {
  /** The offset of the next record to apply. */
  readonly at: number;
  /** The end of the restore. */
  readonly end: number;
}

/**
 * The copies of store partitions in a process: those that are being restored, and those of tasks that have left it. A copy
 * that is replaced or dropped is another object afterwards.
 */
export class StoreCopies {
  readonly #copies = new Map<string, StoreCopy>();

  /** Returns the copy of a partition of a store. */
  get(store: string, partition: number): StoreCopy | undefined {
    return this.#copies.get(idOf(store, partition));
  }

  /** Adds the rows that a restore begins with. The lag follows the restore. */
  restoring(store: StorePartition, completeAt: number | undefined, restore: RestoredCopy): void {
    this.#set(store, {
      ...store,
      completeAt,
      get lag() {
        return Math.max(0, restore.end - restore.at);
      },
    });
  }

  /** Keeps the rows of a task that left, as of a time. */
  keep(stores: readonly StorePartition[], completeAt: number): void {
    for (const store of stores) {
      if (store.changelog !== undefined) this.#set(store, { ...store, completeAt, lag: undefined });
    }
  }

  /** Keeps the rows of restores that were cancelled: other processes may write to their changelogs. */
  cancel(stores: readonly StorePartition[]): void {
    for (const { partition, spec } of stores) {
      const copy = this.get(spec.name, partition);
      if (copy !== undefined) this.#set(copy, { ...copy, lag: undefined });
    }
  }

  /** Removes the copies of stores: their rows are dropped, or their task runs. */
  remove(stores: readonly StorePartition[]): void {
    for (const { partition, spec } of stores) this.#copies.delete(idOf(spec.name, partition));
  }

  /** Removes all copies. */
  clear(): void {
    this.#copies.clear();
  }

  #set({ partition, spec }: StorePartition, copy: StoreCopy): void {
    this.#copies.set(idOf(spec.name, partition), copy);
  }
}

const idOf = (store: string, partition: number): string => `${partition} ${store}`;
