import type { AsyncCall } from '@kstreams/core';

/** A call in flight. Its signal is made when it is first asked for: most functions never do. */
export class Call implements AsyncCall {
  readonly attempt: number;
  /** When it times out, on the wall clock. */
  readonly deadline: number;
  /** True once its result, if one comes, is of no interest. */
  over = false;
  #controller: AbortController | undefined;
  #reason: Error | undefined;

  constructor(attempt: number, deadline: number) {
    this.attempt = attempt;
    this.deadline = deadline;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#reason !== undefined) this.#controller.abort(this.#reason);
    }
    return this.#controller.signal;
  }

  /** Nobody waits for it any more. */
  abort(reason: Error): void {
    this.#reason = reason;
    this.#controller?.abort(reason);
  }
}
