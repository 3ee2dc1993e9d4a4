import type { Cancel, Clock } from '@kstreams/core/graph';

interface Timer {
  /** The monotonic time at which it is due, in ms. */
  readonly at: number;
  readonly call: () => void;
}

/**
 * A clock that moves only by `advance`. `set` sets its wall clock, as an operator or NTP does; no time passes.
 *
 * @example
 * const clock = new TestClock(0)
 * clock.advance(60_000)
 * clock.set(0)
 */
export class TestClock implements Clock {
  #elapsed = 0;
  /** The wall-clock time at which the clock would have started, in ms since 1970. */
  #start: number;
  readonly #timers = new Set<Timer>();

  /** Creates a clock at `start`, in ms since 1970; 0 by default. */
  constructor(start = 0) {
    this.#start = start;
  }

  now(): number {
    return this.#start + this.#elapsed;
  }

  /** The time for which the clock was advanced, in ms. */
  monotonic(): number {
    return this.#elapsed;
  }

  after(ms: number, call: () => void): Cancel {
    const timer = { at: this.#elapsed + Math.max(0, ms), call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The wall-clock time at which the next timer is due, in ms since 1970; `Infinity` without timers. */
  get due(): number {
    return this.#start + this.#nextDue;
  }

  /** Advances the clock by some ms and fires due timers in order, each at its time. */
  advance(ms: number): void {
    const end = this.#elapsed + ms;
    for (let due = this.#nextDue; due <= end; due = this.#nextDue) {
      const next = [...this.#timers].find(({ at }) => at === due) as Timer;
      this.#timers.delete(next);
      this.#elapsed = Math.max(this.#elapsed, due);
      next.call();
    }
    this.#elapsed = end;
  }

  /**
   * Advances the clock by some ms at once, as after a pause, and fires due timers in order. All see the end of the pause,
   * so that a timer with a delay that is set meanwhile is not due within it.
   */
  jump(ms: number): void {
    this.#elapsed += ms;
    this.advance(0);
  }

  /** Sets the wall clock, in ms since 1970, forward or back. Monotonic time and timers stay. */
  set(wall: number): void {
    this.#start = wall - this.#elapsed;
  }

  get #nextDue(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at));
  }
}
