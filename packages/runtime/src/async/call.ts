import type { AsyncCall } from '@kstreams/core/graph';

/** A call as its function sees it. Its signal is made when it is first asked for: most functions never do. */
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

  /** Nobody waits for it any more. */
  abort(reason: Error): void {
    this.#controller ??= new AbortController();
    this.#controller.abort(reason);
  }
}
