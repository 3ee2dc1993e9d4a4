import type { Cancel, Clock } from '@kstreams/core/graph';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/**
 * A clock that moves only by `advance`.
 *
 * @example
 * const clock = new TestClock(0)
 * clock.advance(60_000)
 */
export class TestClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** Creates a clock at `start`, in ms since 1970; 0 by default. */
  constructor(start = 0) {
    this.#now = start;
  }

  now(): number {
    return this.#now;
  }

  after(ms: number, call: () => void): Cancel {
    const timer = { at: this.#now + Math.max(0, ms), call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** The due time of the next timer, in ms since 1970; `Infinity` without timers. */
  get due(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at));
  }

  /** Advances the clock by some ms and fires due timers in order, each at its time. */
  advance(ms: number): void {
    const end = this.#now + ms;
    for (let due = this.due; due <= end; due = this.due) {
      const next = [...this.#timers].find(({ at }) => at === due) as Timer;
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, due);
      next.call();
    }
    this.#now = end;
  }

  /**
   * Advances the clock by some ms at once, as after a pause, and fires due timers in order. All see the end of the pause,
   * so that a timer with a delay that is set meanwhile is not due within it.
   */
  jump(ms: number): void {
    this.#now += ms;
    this.advance(0);
  }
}
