import type { AnyStoreSpec } from '@kstreams/core/graph';
import type { CommitListener, CommittedRow, OpenStore } from '../task/stores/task-stores.js';

/** Receives the rows of a store that a commit changed. */
export type RowListener = (store: OpenStore, rows: readonly CommittedRow[]) => void;

/** Publishes the rows that each commit changes, and the ends of commits. Without listeners it costs one lookup per store and commit. */
export class ChangeFeed implements CommitListener {
  readonly #listeners = new Map<AnyStoreSpec, Set<RowListener>>();
  readonly #settled = new Set<() => void>();

  /** Adds a listener to a store in all tasks of the process. Returns its removal. */
  listen(spec: AnyStoreSpec, listener: RowListener): () => void {
    const listeners = this.#listeners.get(spec) ?? new Set();
    this.#listeners.set(spec, listeners.add(listener));
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.#listeners.delete(spec);
    };
  }

  /** True when the store has listeners. */
  wants(spec: AnyStoreSpec): boolean {
    return this.#listeners.has(spec);
  }

  /** Passes changed rows to the listeners of their store. */
  publish(store: OpenStore, rows: readonly CommittedRow[]): void {
    for (const listener of this.#listeners.get(store.spec) ?? []) listener(store, rows);
  }

  /** Calls a function once, after the next end of a commit. Returns its removal. */
  onceSettled(listener: () => void): () => void {
    this.#settled.add(listener);
    return () => void this.#settled.delete(listener);
  }

  settle(): void {
    const listeners = [...this.#settled];
    this.#settled.clear();
    for (const listener of listeners) listener();
  }
}
