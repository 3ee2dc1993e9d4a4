import type { Cancel, Clock } from '@kstreams/core/graph';

interface Timer {
  readonly at: number;
  readonly call: () => void;
}

/**
 * A clock that moves only when told to.
 *
 * @example
 * const clock = new TestClock(0)
 * clock.advance(60_000)
 */
export class TestClock implements Clock {
  #now: number;
  readonly #timers = new Set<Timer>();

  /** Begins at `start`, in ms since 1970. */
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

  /** When the next timer is due; `Infinity` without any. */
  get due(): number {
    return Math.min(...[...this.#timers].map(({ at }) => at));
  }

  /** Moves on by so many ms, firing what comes due in order. */
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
}
