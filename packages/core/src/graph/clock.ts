/** The clock of a schedule: the task's stream time, or wall-clock time. */
export type ClockKind = 'stream' | 'wall';

/** Cancels what was started. Calling it again does nothing. */
export type Cancel = () => void;

/** The wall clock, its timers and its turns, handed in so that tests and simulations own time. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls once after so many ms. */
  after(ms: number, call: () => void): Cancel;
  /** Resolves once others have had their turn; a turn of the event loop unless set. */
  turn?(): Promise<void>;
}

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (ms, call) => {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
