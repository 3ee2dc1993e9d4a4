import { type Clock, WakeSignal } from '@kstreams/core/graph';
import type { CallLimits } from '../async/call-limits.js';
import type { Task } from '../task/task.js';

/** Longest wait before a drain checks the tasks again, in ms. */
const longestWait = 100;

/**
 * Ends the calls in flight where a commit requires it: of each task that keeps state above an async stage, or of all
 * tasks that share a transaction. Meanwhile tasks take in no records and process results as they arrive. In a transaction
 * it also waits for timers that fire before the commit, and for the rows that they read.
 */
export class Drain {
  readonly #clock: Clock;
  readonly #timeout: number;
  readonly #wake: () => void;
  readonly #limits: CallLimits;
  readonly #signal: WakeSignal;
  #since: number | undefined;
  /** The largest number of records in flight of a task when the drain began. */
  #size = 0;

  /** `timeout` is the longest time of a drain, in ms. `wake` is called when results have arrived. */
  constructor(clock: Clock, timeout: number, limits: CallLimits, wake: () => void) {
    this.#limits = limits;
    this.#clock = clock;
    this.#signal = new WakeSignal(clock);
    this.#timeout = timeout;
    this.#wake = wake;
  }

  /** Continues a drain and wakes the worker, because results have arrived. */
  notify(): void {
    this.#signal.notify();
    this.#wake();
  }

  /** The monotonic time at which the drain fails, in ms; `Infinity` without a drain. */
  get deadline(): number {
    return this.#since === undefined ? Number.POSITIVE_INFINITY : this.#since + this.#timeout;
  }

  /**
   * Begins or continues a drain of tasks that are committed together. Returns true when it takes too long; then the tasks
   * take in fewer records at a time, or per commit where timers are left to fire before it.
   */
  begin(tasks: readonly Task[]): boolean {
    for (const { intake } of tasks) intake.gate();
    if (this.#since === undefined) {
      this.#since = this.#clock.monotonic();
      this.#size = Math.max(0, ...tasks.map(({ intake }) => intake.recordsInFlight));
    }
    if (this.#clock.monotonic() < this.deadline) return false;
    const late = tasks.filter(({ firesBeforeCommit }) => firesBeforeCommit);
    this.#limits.lower(this.#size, Math.max(0, ...late.map(({ uncommitted }) => uncommitted)));
    this.#since = undefined;
    return true;
  }

  /** Ends the drain of tasks that are about to be committed. After a short one they take in more records at a time. */
  end(tasks: readonly Task[]): void {
    for (const { intake } of tasks) intake.open();
    const time = this.#since === undefined ? 0 : this.#clock.monotonic() - this.#since;
    if (time < this.#timeout / 4) this.#limits.raise(this.#since !== undefined);
    this.#since = undefined;
  }

  /** True when drained tasks can be committed now: one of them, or all `together`. */
  awaitsCommit(tasks: readonly Task[], together: boolean): boolean {
    if (!tasks.some(({ intake }) => intake.gated)) return false;
    return together
      ? tasks.every(({ intake, loading }) => intake.idle && !loading)
      : tasks.some(({ intake }) => intake.gated && intake.committable);
  }

  /**
   * Drains tasks before they leave; all of them `together` in a transaction. Resolves to false when it took too long: the
   * calls that are left are aborted when their task closes.
   */
  async run(tasks: readonly Task[], together: boolean): Promise<boolean> {
    const deadline = this.#clock.monotonic() + this.#timeout;
    for (const task of tasks) task.prepare(together);
    for (;;) {
      for (const { intake } of tasks) intake.drain(together);
      for (const task of tasks) while (task.settle());
      if (tasks.every((task) => isDrained(task, together))) return true;
      const left = deadline - this.#clock.monotonic();
      if (left <= 0) return false;
      await this.#signal.wait(this.#signal.count, Math.min(left, longestWait));
    }
  }
}

/** True when a task can be committed. In a transaction its work before the commit may need values that are loaded first. */
const isDrained = (task: Task, together: boolean): boolean => {
  if (!task.intake.drained(together)) return false;
  if (together && !task.loading) task.prepare(together);
  return !together || !task.loading;
};
