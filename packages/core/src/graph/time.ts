import type { Cancel } from './context.js';

/** The wall clock and its timers, handed in so that tests and simulations own time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after so many ms. */
  after(ms: number, call: () => void): Cancel;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
