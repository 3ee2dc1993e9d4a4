/** The clock of a schedule: the task's stream time, or wall-clock time. */
export type ClockKind = 'stream' | 'wall';

/** Cancels what was started. Calling it again does nothing. */
export type Cancel = () => void;

/**
 * The wall clock and a monotonic clock with timers, passed in so that tests and simulations control time. The wall clock
 * dates things and may be set back or forward at any time. Durations, timeouts and due times are monotonic.
 */
export interface Clock {
  /** Returns wall-clock time, in ms since 1970. */
  now(): number;
  /** Returns monotonic time, in ms with fractions since some fixed moment. Setting the wall clock does not change it. */
  monotonic(): number;
  /** Calls a function once after a number of monotonic ms. */
  after(ms: number, call: () => void): Cancel;
  /** Yields to other work; a turn of the event loop unless set. */
  turn?(): Promise<void>;
}

/** The longest delay of `setTimeout`, in ms: about 25 days. It calls at once after a longer one. */
const longestTimeout = 2 ** 31 - 1;

/** The system clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (ms, call) => {
    let timer: ReturnType<typeof setTimeout>;
    const wait = (left: number): void => {
      const rest = left - longestTimeout;
      timer = rest > 0 ? setTimeout(() => wait(rest), longestTimeout) : setTimeout(call, left);
    };
    wait(ms);
    return () => clearTimeout(timer);
  },
};
