import type { Clock } from './clock.js';

/**
 * Wakes loops that wait for work.
 *
 * A loop takes `count` before it looks for work and passes it to `wait`, so that a notification in between is not missed.
 *
 * @example
 * const seen = signal.count;
 * if (!work()) await signal.wait(seen, 1_000);
 */
export class WakeSignal {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The number of notifications so far. */
  get count(): number {
    return this.#count;
  }

  /** Ends all pending waits. */
  notify(): void {
    this.#count++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves at the first notification after `seen`, or after `ms` milliseconds. */
  wait(seen: number, ms: number): Promise<void> {
    if (this.#count !== seen) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        cancel();
        this.#waiting.delete(wake);
        resolve();
      };
      const cancel = this.#clock.after(ms, wake);
      this.#waiting.add(wake);
    });
  }
}
