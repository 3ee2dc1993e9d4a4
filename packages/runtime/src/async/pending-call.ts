import type { AsyncCall } from '@kstreams/core/graph';
import type { Job } from './job.js';

/** The second argument of the user's function. Creates its signal on first use, since most functions never use it. */
export class Call implements AsyncCall {
  readonly attempt: number;
  #controller: AbortController | undefined;

  constructor(attempt: number) {
    this.attempt = attempt;
  }

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** Aborts the signal. */
  abort(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}

/** Receives the result or error of a call. */
export interface CallListener {
  ended(call: PendingCall, failed: boolean, value: unknown): void;
}

/** The other jobs of a call for a single job. */
export const noOthers: readonly Job[] = [];

/**
 * A call in flight and its jobs. Pooled, so that promise callbacks are created once per instance and not once per call.
 * An abandoned call is never reused: its promise may still settle.
 */
export class PendingCall {
  /** The call; `undefined` while this instance is free. */
  call: Call | undefined = undefined;
  /** The first job of the call. */
  first: Job | undefined = undefined;
  /** The other jobs of a batch. */
  others = noOthers;
  /** Monotonic time of the timeout, in ms. */
  deadline = Number.POSITIVE_INFINITY;
  /** The next free instance, while this one is free. */
  next: PendingCall | undefined = undefined;
  readonly resolved: (value: unknown) => void;
  readonly rejected: (reason: unknown) => void;

  constructor(listener: CallListener) {
    this.resolved = (value) => {
      if (this.call !== undefined) listener.ended(this, false, value);
    };
    this.rejected = (reason) => {
      if (this.call !== undefined) listener.ended(this, true, reason);
    };
  }
}
