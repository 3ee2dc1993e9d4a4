import type { Cancel, Clock } from '@kstreams/core/graph';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/**
 * A clock that jumps to its next timer on each turn of the event loop: no real time passes, and a slow machine makes nothing
 * late.
 */
export class SkippingClock implements Clock {
  #now: number;
  /** The time by which the wall clock is ahead, in ms. */
  #offset = 0;
  readonly #timers = new Set<Timer>();
  #scheduled = false;

  /** `start` is in ms since 1970. */
  constructor(start = 1_000_000) {
    this.#now = start;
  }

  now(): number {
    return this.#now + this.#offset;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Sets the wall clock forward, or back by a negative number of ms. */
  set(by: number): void {
    this.#offset += by;
  }

  after(ms: number, call: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), call };
    this.#timers.add(timer);
    this.#schedule();
    return () => this.#timers.delete(timer);
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#fireNext();
      if (this.#timers.size > 0) this.#schedule();
    });
  }

  #fireNext(): void {
    let next: Timer | undefined;
    for (const timer of this.#timers) if (next === undefined || timer.at < next.at) next = timer;
    if (next === undefined) return;
    this.#timers.delete(next);
    this.#now = Math.max(this.#now, next.at);
    next.call();
  }
}
