import type { Reply, Request } from './messages.js';

/** Time in ms without a sign of life after which a run is stopped. */
const patience = 4_000;
/** The same for a worker that is still loading. */
const loading = 60_000;
const pingEvery = 500;

/** An event of a run: a reply of its worker, or `stopped` after a timeout. */
export type RunEvent =
  | Exclude<Reply, { kind: 'pong' }>
  | { readonly kind: 'stopped'; readonly id: number; readonly after: number };

/** Returns the message of a run that was stopped. */
export const stoppedText = ({ after }: Extract<RunEvent, { kind: 'stopped' }>): string =>
  `stopped: the snippet kept the page waiting for ${Math.round(after / 1_000)} s. Does a loop never end?`;

/** Runs snippets in a worker, one at a time. A new run replaces the previous one. */
export class Runner {
  readonly #emit: (event: RunEvent) => void;
  #worker: Worker;
  #id = 0;
  #lastReply = 0;
  #loaded = false;
  #timer: ReturnType<typeof setInterval> | undefined;
  #busy = false;

  constructor(emit: (event: RunEvent) => void) {
    this.#emit = emit;
    this.#worker = this.#open();
  }

  /** Runs a snippet. Later events of earlier runs are dropped. */
  run(request: Omit<Extract<Request, { kind: 'run' }>, 'kind' | 'id'>): void {
    if (this.#busy) this.#renew();
    this.#id++;
    this.#busy = true;
    this.#post({ kind: 'run', id: this.#id, ...request });
    this.#watch();
  }

  #post(request: Request): void {
    this.#worker.postMessage(request);
  }

  #open(): Worker {
    this.#loaded = false;
    const worker = new Worker(new URL('./run.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (worker !== this.#worker) return;
      this.#lastReply = performance.now();
      this.#loaded = true;
      if (data.kind === 'pong' || data.id !== this.#id) return;
      if (data.kind === 'done') this.#busy = false;
      this.#emit(data);
    };
    return worker;
  }

  #renew(): void {
    this.#worker.terminate();
    this.#worker = this.#open();
  }

  /** Pings the worker, and replaces it after 4 s without a response, or when it does not load. */
  #watch(): void {
    clearInterval(this.#timer);
    this.#lastReply = performance.now();
    this.#timer = setInterval(() => {
      if (!this.#busy) return clearInterval(this.#timer);
      const silent = performance.now() - this.#lastReply;
      if (silent < (this.#loaded ? patience : loading)) return this.#post({ kind: 'ping' });
      clearInterval(this.#timer);
      this.#busy = false;
      this.#renew();
      this.#emit({ kind: 'stopped', id: this.#id, after: silent });
    }, pingEvery);
  }
}
