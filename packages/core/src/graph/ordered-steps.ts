import { Pending, retryPending } from './pending.js';

/** Runs steps in order: at once, or after an earlier step has the value that it waits for. */
export class OrderedSteps {
  readonly #failed: (error: unknown) => void;
  #waiting: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;

  /** `failed` receives the error of a step that had to wait; other errors are thrown. */
  constructor(failed: (error: unknown) => void = () => {}) {
    this.#failed = failed;
  }

  /** Runs a step, which may throw `Pending` before it has any effect. */
  run(step: () => void): void {
    if (this.#waiting === undefined && runsAtOnce(step)) return;
    const done: Promise<void> = (this.#waiting ?? Promise.resolve())
      .then(() => retryPending(step))
      .catch((error: unknown) => {
        this.#failure ??= { error };
        this.#failed(error);
      })
      .finally(() => {
        if (this.#waiting === done) this.#waiting = undefined;
      });
    this.#waiting = done;
  }

  /** Resolves when all steps have run; rejects with the first error of those that had to wait. */
  async settled(): Promise<void> {
    await this.#waiting;
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

const runsAtOnce = (step: () => void): boolean => {
  try {
    step();
    return true;
  } catch (thrown) {
    if (thrown instanceof Pending) return false;
    throw thrown;
  }
};
