import type { RunCall } from './punctuation-queue.js';

/** Something that is due at an instant. */
export interface Due {
  readonly at: number;
}

/** The timers or the ending rows of one store. A turn goes from the first onwards. */
export interface DueCursor {
  /** Returns the time until the first is due, in ms; `Infinity` without any. */
  dueIn(now: number): number;
  /** Begins a turn. */
  begin(now: number): void;
  /** Returns the next of this turn that is due. */
  next(now: number): Due | undefined;
  /** Makes the call for one that `next` returned, and removes it. */
  fire(due: Due, run: RunCall): 'done' | 'again';
}
