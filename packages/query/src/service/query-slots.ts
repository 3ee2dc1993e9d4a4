import type { Clock } from '@kstreams/core/graph';
import type { Limits } from '../options.js';
import { Problem } from './problem.js';

/** Limits the number of queries at once and their times. */
export class QuerySlots {
  readonly #limits: Limits;
  readonly #clock: Pick<Clock, 'after'>;
  #running = 0;

  constructor(limits: Limits, clock: Pick<Clock, 'after'>) {
    this.#limits = limits;
    this.#clock = clock;
  }

  /**
   * Runs a query. Its signal is aborted when its time is over or that of the client is, which leaves. A query that does not end then occupies
   * its slot until it does.
   *
   * @throws Problem when too many queries run, or its time is over.
   */
  async run<T>(client: AbortSignal, query: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { milliseconds, queries } = this.#limits;
    if (this.#running >= queries)
      throw new Problem('too-many-queries', `${queries} queries run already: try again later`, { 'retry-after': '1' });
    const abort = new AbortController();
    const end = (): void => abort.abort(new Problem('too-slow', `the query took more than ${milliseconds} ms`));
    const aborted = new Promise<never>((_, reject) => {
      abort.signal.addEventListener('abort', () => reject(abort.signal.reason), { once: true });
    });
    const cancel = this.#clock.after(milliseconds, end);
    client.addEventListener('abort', end, { once: true });
    this.#running++;
    const running = query(abort.signal).finally(() => this.#running--);
    try {
      return await Promise.race([running, aborted]);
    } finally {
      cancel();
      client.removeEventListener('abort', end);
    }
  }
}
