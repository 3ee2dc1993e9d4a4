import type { AnyStoreSpec } from '@kstreams/core/graph';
import type { CommitListener, CommittedRow, OpenStore } from '../task/stores/task-stores.js';

/** Is told of the rows of a store that a commit changed. */
export type RowListener = (store: OpenStore, rows: readonly CommittedRow[]) => void;

/** Tells readers which rows each commit changed. Costs a lookup per store and commit while nobody listens. */
export class ChangeFeed implements CommitListener {
  readonly #listeners = new Map<AnyStoreSpec, Set<RowListener>>();

  /** Listens to a store, in all tasks of the process, until the answer is called. */
  listen(spec: AnyStoreSpec, listener: RowListener): () => void {
    const listeners = this.#listeners.get(spec) ?? new Set();
    this.#listeners.set(spec, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(spec);
    };
  }

  /** True when somebody listens to the store. */
  wants(spec: AnyStoreSpec): boolean {
    return this.#listeners.has(spec);
  }

  /** Tells the listeners of a store. */
  publish(store: OpenStore, rows: readonly CommittedRow[]): void {
    for (const listener of this.#listeners.get(store.spec) ?? []) listener(store, rows);
  }
}
