import { type Cancel, type Clock, systemClock } from '@kstreams/core/graph';

/** The system clock, ahead of it by what the test passes and sets. Timers take their real time. */
export class ShiftedClock implements Clock {
  #passed = 0;
  #set = 0;

  now(): number {
    return systemClock.now() + this.#passed + this.#set;
  }

  monotonic(): number {
    return systemClock.monotonic() + this.#passed;
  }

  after(ms: number, call: () => void): Cancel {
    return systemClock.after(ms, call);
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#passed += ms;
  }

  /** Sets the wall clock forward, or back by a negative number of ms. */
  set(by: number): void {
    this.#set += by;
  }
}
