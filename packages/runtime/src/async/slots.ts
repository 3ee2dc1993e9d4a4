import type { Cancel, Clock } from '@kstreams/core/graph';
import { RateLimit } from './rate-limit.js';

/** Somebody who would begin calls. */
export interface Waiting {
  /** True while it stands in line, as the slots note. */
  inLine: boolean;
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
  #line: Waiting[] = [];
  #free: number;
  #timer: Cancel | undefined;

  constructor(concurrency: number, perSecond: number | undefined, clock: Clock) {
    this.#free = concurrency;
    this.#clock = clock;
    this.#rate = perSecond === undefined ? undefined : new RateLimit(perSecond);
  }

  /** Takes a slot, or puts `who` in line. */
  take(who: Waiting): boolean {
    if (this.#free > 0 && this.#paced()) {
      this.#free--;
      return true;
    }
    if (!who.inLine) this.#line.push(who);
    who.inLine = true;
    return false;
  }

  /** True when a slot that `who` would give back is its own at once: nobody else waits for one. */
  keeps(who: Waiting): boolean {
    return this.#rate === undefined && this.#line.length === (who.inLine ? 1 : 0);
  }

  /** Gives a slot back. */
  give(): void {
    this.#free++;
    this.#next();
  }

  /** Leaves the line. */
  leave(who: Waiting): void {
    if (who.inLine) this.#line = this.#line.filter((one) => one !== who);
    who.inLine = false;
    if (this.#line.length > 0) return;
    this.#timer?.();
    this.#timer = undefined;
  }

  /** Those who are in line now have a turn each, as long as there are slots. */
  #next(): void {
    for (let turns = this.#line.length; turns > 0 && this.#free > 0; turns--) {
      const who = this.#line.shift();
      if (who === undefined) return;
      who.inLine = false;
      who.pump();
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
