import type { InputPlan, Reply, Request } from './messages.js';

/** How long a snippet may keep its worker from answering, in ms. */
const patience = 4_000;
const pingEvery = 500;

/** What a run tells, and that it was stopped because it never came to rest. */
export type Told =
  | Exclude<Reply, { kind: 'pong' }>
  | { readonly kind: 'stopped'; readonly id: number; readonly after: number };

/** Runs snippets in a worker, one at a time; the newest replaces the one before. */
export class Runner {
  readonly #tell: (told: Told) => void;
  #worker: Worker;
  #id = 0;
  #answered = 0;
  #timer: ReturnType<typeof setInterval> | undefined;
  #busy = false;

  constructor(tell: (told: Told) => void) {
    this.#tell = tell;
    this.#worker = this.#open();
  }

  /** Runs a snippet; what an earlier one still tells is dropped. */
  run(code: string, input: InputPlan): void {
    if (this.#busy) this.#renew();
    this.#id++;
    this.#busy = true;
    this.#ask({ kind: 'run', id: this.#id, code, input });
    this.#watch();
  }

  #ask(request: Request): void {
    this.#worker.postMessage(request);
  }

  #open(): Worker {
    const worker = new Worker(new URL('./run.worker.ts', import.meta.url), { type: 'module' });
    worker.onmessage = ({ data }: MessageEvent<Reply>) => {
      if (worker !== this.#worker) return;
      this.#answered = performance.now();
      if (data.kind === 'pong' || data.id !== this.#id) return;
      if (data.kind === 'done') this.#busy = false;
      this.#tell(data);
    };
    return worker;
  }

  #renew(): void {
    this.#worker.terminate();
    this.#worker = this.#open();
  }

  /** Asks the worker for a sign of life, and replaces it when it gives none. */
  #watch(): void {
    clearInterval(this.#timer);
    this.#answered = performance.now();
    this.#timer = setInterval(() => {
      if (!this.#busy) return clearInterval(this.#timer);
      const silent = performance.now() - this.#answered;
      if (silent < patience) return this.#ask({ kind: 'ping' });
      clearInterval(this.#timer);
      this.#busy = false;
      this.#renew();
      this.#tell({ kind: 'stopped', id: this.#id, after: silent });
    }, pingEvery);
  }
}
