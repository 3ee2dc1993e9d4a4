import type { Cancel, Clock } from '@kstreams/core';
import { RateLimit } from './rate-limit.js';

/** Somebody who would begin calls. */
export interface Waiting {
  /** There may be a slot. */
  pump(): void;
}

/**
 * The calls of one stage in this process, over all its tasks: how many may be in flight, how many may begin in a second.
 * Who finds none free waits in line and has one turn for each that comes free.
 */
export class Slots {
  readonly #clock: Clock;
  readonly #rate: RateLimit | undefined;
  readonly #waiting = new Set<Waiting>();
  #free: number;
  #timer: Cancel | undefined;

  constructor(concurrency: number, perSecond: number | undefined, clock: Clock) {
    this.#free = concurrency;
    this.#clock = clock;
    this.#rate = perSecond === undefined ? undefined : new RateLimit(perSecond);
  }

  /** Takes a slot, or puts `who` in line. */
  take(who: Waiting): boolean {
    if (this.#free === 0 || !this.#paced()) {
      this.#waiting.add(who);
      return false;
    }
    this.#free--;
    return true;
  }

  /** Gives a slot back. */
  give(): void {
    this.#free++;
    this.#next();
  }

  /** Leaves the line. */
  leave(who: Waiting): void {
    this.#waiting.delete(who);
    if (this.#waiting.size > 0) return;
    this.#timer?.();
    this.#timer = undefined;
  }

  #next(): void {
    if (this.#waiting.size === 0) return;
    for (const who of [...this.#waiting]) {
      if (this.#free === 0) return;
      if (this.#waiting.delete(who)) who.pump();
    }
  }

  /** True when the rate lets a call begin now, which then counts; else looks again once it does. */
  #paced(): boolean {
    if (this.#rate === undefined) return true;
    const now = this.#clock.now();
    const { free } = this.#rate;
    if (free <= now) {
      this.#rate.take(now);
      return true;
    }
    this.#timer ??= this.#clock.after(free - now, () => {
      this.#timer = undefined;
      this.#next();
    });
    return false;
  }
}
