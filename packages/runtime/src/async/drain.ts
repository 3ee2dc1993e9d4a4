import type { Cancel, Clock } from '@kstreams/core/graph';
import type { Task } from '../task/task.js';
import type { CallLimits } from './call-limits.js';

/** How long to wait before looking again at a task that is resting, in ms. */
const longestWait = 100;

/**
 * Ends what tasks have under way where a commit needs that: of each task that keeps state above an async stage; of all
 * tasks together, where they are committed in one transaction. Nothing is taken in meanwhile, and results go on down their
 * path as they come.
 */
export class Drain {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #wake: () => void;
  readonly #limits: CallLimits;
  #waiting: (() => void) | undefined;
  #since: number | undefined;
  /** How many records the task had under way that had most, when the drain began. */
  #size = 0;

  /** `timeout` is how long a drain may take, in ms; `wake` is called when results have come. */
  constructor(clock: Clock, timeout: number, limits: CallLimits, wake: () => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#timeout = timeout;
    this.#wake = wake;
  }

  /** Results have come. */
  ring(): void {
    this.#waiting?.();
    this.#wake();
  }

  /** When it takes too long; `Infinity` while there is none. */
  get deadline(): number {
    return this.#since === undefined ? Number.POSITIVE_INFINITY : this.#since + this.#timeout;
  }

  /**
   * Lets tasks take in nothing until all of them can be committed; answers true when that takes too long: they will take in
   * less at a time.
   */
  begin(tasks: readonly Task[]): boolean {
    for (const { intake } of tasks) intake.gate();
    if (this.#since === undefined) {
      this.#since = this.#clock.now();
      this.#size = Math.max(0, ...tasks.map(({ intake }) => intake.underWay));
    }
    if (this.#clock.now() < this.deadline) return false;
    this.#limits.tooMany(this.#size);
    this.#since = undefined;
    return true;
  }

  /** Tasks are committed, and may take in again: more, if there was time. */
  over(tasks: readonly Task[]): void {
    for (const { intake } of tasks) intake.open();
    if (this.#since !== undefined && this.#clock.now() - this.#since < this.#timeout / 4) this.#limits.few();
    this.#since = undefined;
  }

  /** True when tasks that took in nothing can be committed now: one of them, or all together. */
  awaitsCommit(tasks: readonly Task[], together: boolean): boolean {
    if (!tasks.some(({ intake }) => intake.gated)) return false;
    return together
      ? tasks.every(({ intake }) => intake.idle)
      : tasks.some(({ intake }) => intake.gated && intake.committable);
  }

  /**
   * Ends what tasks have under way before they leave, at once; a transaction needs that of all its tasks. Answers false when
   * it took too long: then calls are left, which closing a task aborts.
   */
  async run(tasks: readonly Task[], together: boolean): Promise<boolean> {
    const deadline = this.#clock.now() + this.#timeout;
    for (const task of tasks) task.prepare(together);
    for (;;) {
      for (const { intake } of tasks) intake.drain(together);
      for (const task of tasks) while (task.settle());
      if (tasks.every(({ intake }) => intake.drained(together))) return true;
      const left = deadline - this.#clock.now();
      if (left <= 0) return false;
      await this.#wait(Math.min(left, longestWait));
    }
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      let cancel: Cancel = () => {};
      this.#waiting = () => {
        cancel();
        this.#waiting = undefined;
        resolve();
      };
      cancel = this.#clock.after(ms, this.#waiting);
    });
  }
}
