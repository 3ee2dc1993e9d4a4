import type { Clock } from '@kstreams/core/graph';

/** A pause that can be ended early, for the loop of a member. */
export class Pause {
  readonly #clock: Clock;
  #end: (() => void) | undefined;
  #ended = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `ms` milliseconds, or when it is ended. */
  wait(ms: number): Promise<void> {
    if (this.#ended) {
      this.#ended = false;
      return Promise.resolve();
    }
    return new Promise((resolve) => {
      const cancel = this.#clock.after(ms, () => this.#end?.());
      this.#end = () => {
        cancel();
        this.#end = undefined;
        resolve();
      };
    });
  }

  /** Ends the pause, or the next one. */
  end(): void {
    if (this.#end === undefined) this.#ended = true;
    else this.#end();
  }
}
