/** The clock of a schedule: the task's stream time, or wall-clock time. */
export type ClockKind = 'stream' | 'wall';

/** Cancels what was started. Calling it again does nothing. */
export type Cancel = () => void;

/** A wall clock with timers, passed in so that tests and simulations control time. */
export interface Clock {
  /** Returns the milliseconds since 1970. */
  now(): number;
  /** Monotonic time in ms, with fractions, to measure durations; `now` unless set. */
  monotonic?(): number;
  /** Calls a function once after a number of ms. */
  after(ms: number, call: () => void): Cancel;
  /** Yields to other work; a turn of the event loop unless set. */
  turn?(): Promise<void>;
}

/** The system clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
