import type { Call } from './call.js';
import type { Job } from './job.js';

/** Who is told what a call in a place comes to: a result, or what was thrown. */
export interface PlaceOwner {
  ended(place: Place, failed: boolean, value: unknown): void;
}

/** The other jobs of a call that is for one alone. */
export const noOthers: readonly Job[] = [];

/**
 * A place in which a call is in flight. It is used again and again: what a promise calls back is made once per place, not
 * once per call. A call that is given up takes its place with it, so that what comes of it later meets nobody else's.
 */
export class Place {
  /** The call in flight; `undefined` while there is none. */
  call: Call | undefined = undefined;
  /** The first of the jobs that the call is for, or was. */
  first: Job | undefined = undefined;
  others = noOthers;
  /** When the call times out, on the wall clock. */
  deadline = Number.POSITIVE_INFINITY;
  /** Another place that is free, while this one is. */
  next: Place | undefined = undefined;
  readonly resolved: (value: unknown) => void;
  readonly rejected: (reason: unknown) => void;

  constructor(owner: PlaceOwner) {
    this.resolved = (value) => {
      if (this.call !== undefined) owner.ended(this, false, value);
    };
    this.rejected = (reason) => {
      if (this.call !== undefined) owner.ended(this, true, reason);
    };
  }
}
