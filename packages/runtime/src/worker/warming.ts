import type { ByteStore } from '@kstreams/core';
import type { Task } from '../task/task.js';

/** Fetches what a slow store does not have at hand for a task, while the other tasks go on. */
export class Warming {
  readonly #bytes: ByteStore;
  readonly #wake: () => void;
  readonly #tasks = new Set<Task>();
  #failure: { readonly thrown: unknown } | undefined;

  /** `wake` is called when a task can go on, or could not be helped. */
  constructor(bytes: ByteStore, wake: () => void) {
    this.#bytes = bytes;
    this.#wake = wake;
  }

  /** Begins to fetch what the task waits for. */
  warm(task: Task): void {
    const { cold } = task;
    if (cold === undefined || this.#tasks.has(task)) return;
    this.#tasks.add(task);
    const fetched = this.#bytes.warm?.([cold]) ?? Promise.resolve();
    const over = (): void => {
      this.#tasks.delete(task);
      task.warmed();
      this.#wake();
    };
    fetched.then(over, (thrown: unknown) => {
      this.#failure = { thrown };
      this.#wake();
    });
  }

  /** Throws what could not be fetched, once. */
  check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.thrown;
  }
}
