import type { ByteStore, Bytes } from '@kstreams/core/graph';
import { RowsAhead } from '../task/rows-ahead.js';
import type { Task } from '../task/task.js';

/** Fetches what a slow store does not have at hand for a task, while the other tasks go on. */
export class Warming {
  readonly #bytes: ByteStore;
  readonly #wake: () => void;
  readonly #tasks = new Set<Task>();
  readonly #ahead = new WeakMap<Task, RowsAhead>();
  #failure: { readonly thrown: unknown } | undefined;

  /** `wake` is called when a task can go on, or could not be helped. */
  constructor(bytes: ByteStore, wake: () => void) {
    this.#bytes = bytes;
    this.#wake = wake;
  }

  /** Begins to fetch what the task waits for. */
  warm(task: Task): void {
    const { pending } = task;
    if (pending === undefined || this.#tasks.has(task)) return;
    this.#tasks.add(task);
    const fetched = Promise.all([pending, this.#bytes.prefetchKeys?.(this.#rowsAhead(task))]);
    const over = (): void => {
      this.#tasks.delete(task);
      task.pendingLoaded();
      this.#wake();
    };
    fetched.then(over, (thrown: unknown) => {
      this.#failure = { thrown };
      this.#wake();
    });
  }

  #rowsAhead(task: Task): readonly Bytes[] {
    let ahead = this.#ahead.get(task);
    if (ahead === undefined) this.#ahead.set(task, (ahead = new RowsAhead(task.subtopology, task.stores)));
    return ahead.take(task.queues.values());
  }

  /** Throws what could not be fetched, once. */
  check(): void {
    const failure = this.#failure;
    this.#failure = undefined;
    if (failure !== undefined) throw failure.thrown;
  }
}
