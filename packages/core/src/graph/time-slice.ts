import type { Clock } from './clock.js';
import { yieldToEventLoop } from './yield-to-event-loop.js';

/** The time for which work goes on before it yields to the event loop, in ms. */
export const sliceLength = 10;

/**
 * Ends the time slices of work that may await nothing but settled promises: without a turn of the event loop in between,
 * timers and sockets would wait for all of it. Several loops may share one slice; its turn is the turn of them all.
 */
export class TimeSlice {
  readonly #clock: Clock;
  #end: number;
  #turn: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#end = clock.monotonic() + sliceLength;
  }

  /** Returns a promise of the next turn of the event loop once the slice is over; `undefined` before. */
  yieldIfOver(): Promise<void> | undefined {
    if (this.#turn === undefined && this.#clock.monotonic() >= this.#end) {
      this.#turn = yieldToEventLoop(this.#clock).then(() => {
        this.#turn = undefined;
        this.#end = this.#clock.monotonic() + sliceLength;
      });
    }
    return this.#turn;
  }
}
