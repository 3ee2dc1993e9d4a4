import type { Job } from './job.js';
import type { Stage } from './stage.js';

/** A job whose last attempt is over: with a result, or with what was thrown. */
export interface Completion {
  readonly stage: Stage;
  readonly job: Job;
  readonly failed: boolean;
  readonly value: unknown;
}

/** What the calls of a task came to, in the order in which they ended, until the task has its turn. */
export class Completions {
  readonly #wake: () => void;
  #waiting: Completion[] = [];
  #at = 0;

  /** `wake` is called when the first comes, so that the task gets its turn. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  get length(): number {
    return this.#waiting.length - this.#at;
  }

  get head(): Completion | undefined {
    return this.#waiting[this.#at];
  }

  push(completion: Completion): void {
    this.#waiting.push(completion);
    if (this.length === 1) this.#wake();
  }

  /** A call ended that will be made again: whoever waits for calls to end should look. */
  calledAgain(): void {
    this.#wake();
  }

  /** The first is dealt with. */
  shift(): void {
    this.#at++;
    if (this.#at < this.#waiting.length) return;
    this.#waiting = [];
    this.#at = 0;
  }

  clear(): void {
    this.#waiting = [];
    this.#at = 0;
  }
}
