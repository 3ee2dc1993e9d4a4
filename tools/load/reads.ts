/** Reads of keys at a fixed rate, each judged, beside reads of an empty handler. */
import { once } from 'node:events';
import { Agent, get, type IncomingMessage } from 'node:http';
import { belongsTo, keys, store } from './input.js';

/** The number of reads of keys for each read of the empty handler. */
const readsPerEmpty = 2;

/** The times of reads, in ms. */
export interface ReadTimes {
  readonly get: readonly number[];
  readonly empty: readonly number[];
}

/** Sends reads to some processes in turn. A slow process does not slow them down. */
export class Reads {
  /** The wrong responses. */
  readonly problems: string[] = [];
  /**
   * The numbers of right responses, of those to be tried again (503 with retry-after), of reads that took longer than their limit
   * (504), and of requests to a process that is gone.
   */
  readonly counts = { right: 0, unavailable: 0, slow: 0, unreachable: 0 };
  readonly #urls: readonly string[];
  readonly #rate: number;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 64 });
  /** The newest number that a read of each key returned. */
  readonly #newest = new Array<number>(keys).fill(0);
  readonly #running = new Set<Promise<void>>();
  #times: { get: number[]; empty: number[] } = { get: [], empty: [] };
  #timer: NodeJS.Timeout | undefined;
  #sent = 0;

  /** `rate` is in reads of keys per second. */
  constructor(urls: readonly string[], rate: number) {
    this.#urls = urls;
    this.#rate = rate;
  }

  start(): void {
    const [begun, before] = [performance.now(), this.#sent];
    this.#timer = setInterval(() => {
      const due = before + ((performance.now() - begun) / 1_000) * this.#rate;
      while (this.#sent < due) this.#send(this.#sent++);
    }, 2);
  }

  /** Stops sending, and resolves to the times of the reads since the last stop once all have ended. */
  async stop(): Promise<ReadTimes> {
    clearInterval(this.#timer);
    await Promise.all(this.#running);
    const times = this.#times;
    this.#times = { get: [], empty: [] };
    return times;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#agent.destroy();
  }

  #send(index: number): void {
    const url = this.#urls[index % this.#urls.length] as string;
    this.#track(this.#get(url, (index * 7_919) % keys));
    if (index % readsPerEmpty === 0) this.#track(this.#empty(url));
  }

  #track(read: Promise<void>): void {
    const tracked = read.finally(() => this.#running.delete(tracked));
    this.#running.add(tracked);
  }

  async #get(url: string, key: number): Promise<void> {
    const floor = this.#newest[key] as number;
    const found = await this.#timed(`${url}/stores/${store}/get?isolation=committed&key=${key}`, this.#times.get);
    if (found === undefined) return;
    const { body, retryAfter, status } = found;
    if (status === 503 && retryAfter !== undefined) return void this.counts.unavailable++;
    if (status === 504) return void this.counts.slow++;
    const row = status === 200 ? (JSON.parse(body) as { readonly key: unknown; readonly value: number }) : undefined;
    if (row?.key === key && belongsTo(key, row.value) && row.value >= floor) {
      this.counts.right++;
      this.#newest[key] = Math.max(row.value, this.#newest[key] as number);
    } else
      this.problems.push(`a read of key ${key} after the number ${floor} returned ${status}: ${body.slice(0, 200)}`);
  }

  async #empty(url: string): Promise<void> {
    await this.#timed(`${url}/empty`, this.#times.empty);
  }

  /** Resolves to `undefined` if the process is gone. */
  async #timed(url: string, times: number[]) {
    const begun = performance.now();
    try {
      const [response] = (await once(get(url, { agent: this.#agent }), 'response')) as [IncomingMessage];
      let body = '';
      for await (const piece of response) body += String(piece);
      times.push(performance.now() - begun);
      return { body, retryAfter: response.headers['retry-after'], status: response.statusCode };
    } catch (thrown) {
      if (!isGone(thrown)) throw thrown;
      this.counts.unreachable++;
      return undefined;
    }
  }
}

const isGone = (thrown: unknown): boolean =>
  ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'].includes((thrown as NodeJS.ErrnoException).code ?? '');
