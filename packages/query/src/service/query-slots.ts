import type { Clock } from '@kstreams/core/graph';
import type { Limits } from '../options.js';
import { Problem } from './problem.js';
import type { QueryRequest } from './query-request.js';

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
   * Runs a query. Its signal is aborted when its time is over, or its client leaves. A query that does not end then occupies its slot
   * until it does.
   *
   * @throws Problem when too many queries run, or its time is over.
   */
  async run<T>(onceLeft: QueryRequest['onceLeft'], query: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const { milliseconds, queries } = this.#limits;
    if (this.#running >= queries)
      throw new Problem('too-many-queries', `${queries} queries run already: try again later`, { 'retry-after': '1' });
    const abort = new AbortController();
    this.#running++;
    const running = query(abort.signal).finally(() => this.#running--);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        abort.abort(new Problem('too-slow', `the query took more than ${milliseconds} ms`));
        reject(abort.signal.reason);
      };
      const [cancelTimer, removeListener] = [this.#clock.after(milliseconds, end), onceLeft(end)];
      running.then(resolve, reject).finally(() => {
        cancelTimer();
        removeListener();
      });
    });
  }
}
