import type { Clock } from '@kstreams/core/graph';

/** Wakes loops that wait for the client: it rings when something may have come. */
export class Bell {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();
  #count = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How often it rang; taken before looking, it makes sure that nothing is missed between looking and waiting. */
  get count(): number {
    return this.#count;
  }

  ring(): void {
    this.#count++;
    for (const wake of [...this.#waiting]) wake();
  }

  /** Resolves when it has rung more often than `seen`, after so many ms at the latest. */
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
