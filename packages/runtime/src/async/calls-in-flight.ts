import type { Cancel, Clock } from '@kstreams/core';
import { Call } from './call.js';

/** What a call that took too long fails with. */
export class CallTimeout extends Error {
  constructor(ms: number) {
    super(`the call took longer than ${ms} ms`);
    this.name = 'CallTimeout';
  }
}

/** The calls of a stage that have begun and not ended. All have the same timeout, so the oldest is the first to be late. */
export class CallsInFlight {
  readonly #calls = new Map<Call, (error: Error) => void>();
  readonly #timeout: number | undefined;
  readonly #clock: Clock;
  #timer: Cancel | undefined;

  /** `timeout` is in ms. */
  constructor(timeout: number | undefined, clock: Clock) {
    this.#timeout = timeout;
    this.#clock = clock;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** A call begins; `late` is told when it takes too long. */
  begin(attempt: number, late: (error: Error) => void): Call {
    const deadline = this.#timeout === undefined ? Number.POSITIVE_INFINITY : this.#clock.now() + this.#timeout;
    const call = new Call(attempt, deadline);
    this.#calls.set(call, late);
    if (this.#timeout !== undefined) this.#watch();
    return call;
  }

  /** A call ends; answers false when that is of no interest any more. */
  end(call: Call): boolean {
    if (call.over) return false;
    call.over = true;
    this.#calls.delete(call);
    return true;
  }

  /** Ends all calls, telling their signals why. */
  abort(reason: Error): void {
    this.#timer?.();
    this.#timer = undefined;
    for (const call of [...this.#calls.keys()]) {
      this.end(call);
      call.abort(reason);
    }
  }

  #watch(): void {
    if (this.#timer !== undefined) return;
    const [oldest] = this.#calls.keys();
    if (oldest === undefined) return;
    this.#timer = this.#clock.after(oldest.deadline - this.#clock.now(), () => {
      this.#timer = undefined;
      this.#expire();
      this.#watch();
    });
  }

  #expire(): void {
    const now = this.#clock.now();
    for (const [call, late] of [...this.#calls]) {
      if (call.deadline > now) return;
      const error = new CallTimeout(this.#timeout as number);
      this.end(call);
      call.abort(error);
      late(error);
    }
  }
}
