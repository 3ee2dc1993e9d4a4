import type { Clock } from '@kstreams/core/graph';
import type { ProblemBody, ProblemCode } from '../protocol/bodies.js';
import { isRetriable, QueryError } from './query-error.js';

/** Options of a connection. */
export interface ConnectionOptions {
  /** The addresses of processes, tried in turn. */
  readonly urls: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly fetch: typeof fetch;
  readonly clock: Pick<Clock, 'after' | 'monotonic'>;
  /** The time for which a query is retried, in ms. */
  readonly timeout: number;
}

/** The first and the longest time between two attempts, in ms. */
const [firstPause, longestPause] = [100, 2_000];

/** Sends queries to one of several processes, and to the next one when it does not respond. */
export class Connection {
  readonly clock: ConnectionOptions['clock'];
  readonly #options: ConnectionOptions;
  #current = 0;

  constructor(options: ConnectionOptions) {
    this.clock = options.clock;
    this.#options = options;
  }

  /**
   * Resolves to the JSON of a response.
   *
   * @throws QueryError for a refusal, or when no process responds in time.
   */
  async json(path: string): Promise<unknown> {
    const { clock, timeout } = this.#options;
    const end = clock.monotonic() + timeout;
    for (let attempt = 0; ; attempt++) {
      const left = end - clock.monotonic();
      const abort = new AbortController();
      const cancel = clock.after(Math.max(0, left), () => abort.abort());
      try {
        return await (await this.open(path, abort.signal)).json();
      } catch (thrown) {
        const error = queryErrorOf(thrown);
        if (!isRetriable(error)) throw error;
        const pause = pauseBefore(attempt);
        if (clock.monotonic() + pause >= end) throw error;
        await this.wait(pause);
      } finally {
        cancel();
      }
    }
  }

  /**
   * Resolves to a response, of one attempt.
   *
   * @throws QueryError for a refusal or a process that does not respond. The next attempt is sent to the next process.
   */
  async open(path: string, signal: AbortSignal, more: Readonly<Record<string, string>> = {}): Promise<Response> {
    const { fetch: send, headers, urls } = this.#options;
    const url = urls[this.#current % urls.length] ?? '';
    try {
      const response = await send(`${url}${path}`, { headers: { ...headers, ...more }, signal });
      if (response.ok) return response;
      throw await refusal(response);
    } catch (thrown) {
      const error = queryErrorOf(thrown);
      if (isRetriable(error)) this.#current++;
      throw error;
    }
  }

  /** Resolves after a time. */
  wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.after(ms, resolve));
  }
}

/** Returns the time before an attempt is repeated, in ms. */
export const pauseBefore = (attempt: number): number => Math.min(longestPause, firstPause * 2 ** Math.min(attempt, 10));

const refusal = async (response: Response): Promise<QueryError> => {
  const { status } = response;
  try {
    const { detail, stale, type } = (await response.json()) as Partial<ProblemBody>;
    const code = /^urn:kstreams:problem:([a-z-]+)$/.exec(type ?? '')?.[1] as ProblemCode | undefined;
    return new QueryError(`the query was refused with ${status}: ${detail}`, code, status, undefined, stale);
  } catch (thrown) {
    return new QueryError(`the query was refused with ${status}, without a problem as JSON`, undefined, status, thrown);
  }
};

const queryErrorOf = (thrown: unknown): QueryError =>
  thrown instanceof QueryError
    ? thrown
    : new QueryError('no process responds: check the address and the network', undefined, undefined, thrown);
