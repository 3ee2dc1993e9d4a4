import type { Job } from './job.js';
import { Line } from './line.js';

/** The jobs of a task whose last attempt is over, in the order in which it ended, until the task has its turn. */
export class Completions {
  readonly #wake: () => void;
  readonly #jobs = new Line();

  /** `wake` is called when the first comes, so that the task gets its turn. */
  constructor(wake: () => void) {
    this.#wake = wake;
  }

  get length(): number {
    return this.#jobs.length;
  }

  get head(): Job | undefined {
    return this.#jobs.head;
  }

  push(job: Job, failed: boolean, value: unknown): void {
    job.failed = failed;
    job.value = value;
    this.#jobs.push(job);
    if (this.#jobs.length === 1) this.#wake();
  }

  /** A call ended that will be made again: whoever waits for calls to end should look. */
  calledAgain(): void {
    this.#wake();
  }

  /** The first is dealt with. */
  shift(): void {
    this.#jobs.shift();
  }

  clear(): void {
    this.#jobs.clear();
  }
}
