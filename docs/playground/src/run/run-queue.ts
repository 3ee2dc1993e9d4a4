import type { RunEvent, Runner } from './client.js';

type RunRequest = Parameters<Runner['run']>[0];
type Take = (event: RunEvent) => void;

interface QueuedRun {
  readonly request: RunRequest;
  readonly take: Take;
}

/** Runs the snippets of several blocks in one worker, one after the other. */
export class RunQueue {
  readonly #open: (emit: Take) => Pick<Runner, 'run'>;
  readonly #waiting: QueuedRun[] = [];
  #runner: Pick<Runner, 'run'> | undefined;
  #current: QueuedRun | undefined;

  /** `open` returns the runner; it is called with the first run. */
  constructor(open: (emit: Take) => Pick<Runner, 'run'>) {
    this.#open = open;
  }

  /** Runs a snippet after those added before. `take` receives its events; the last one is `done` or `stopped`. */
  add(request: RunRequest, take: Take): void {
    this.#waiting.push({ request, take });
    if (this.#current === undefined) this.#next();
  }

  #next(): void {
    this.#current = this.#waiting.shift();
    if (this.#current === undefined) return;
    this.#runner ??= this.#open((event) => this.#take(event));
    this.#runner.run(this.#current.request);
  }

  #take(event: RunEvent): void {
    this.#current?.take(event);
    if (event.kind === 'done' || event.kind === 'stopped') this.#next();
  }
}
