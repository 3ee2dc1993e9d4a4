import type { Cancel, Clock, ObservedEdge } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import type { EdgeCount, EdgeCounts } from '../protocol.js';

/** The time after the last read at which a watch ends, in ms. */
const lease = 5_000;

/** Counts the records on edges from one read to the next. Nothing is counted once no read follows for 5 s. */
export class EdgeCounter {
  readonly #application: Pick<StartedApplication, 'watchEdges'>;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #counts = new Map<ObservedEdge, { count: number }>();
  #watch = 0;
  #stop: Cancel | undefined;
  #cancelEnd: Cancel = () => {};

  constructor(application: Pick<StartedApplication, 'watchEdges'>, clock: Pick<Clock, 'after'>) {
    this.#application = application;
    this.#clock = clock;
  }

  /** Returns the counts since the watch began. Begins one, or extends it. */
  read(): EdgeCounts {
    if (this.#stop === undefined) this.#begin();
    this.#cancelEnd();
    this.#cancelEnd = this.#clock.after(lease, () => this.close());
    return { watch: this.#watch, edges: this.#sums() };
  }

  /** Ends the watch. */
  close(): void {
    this.#cancelEnd();
    this.#stop?.();
    this.#stop = undefined;
    this.#counts.clear();
  }

  #begin(): void {
    this.#watch++;
    const counts = this.#counts;
    this.#stop = this.#application.watchEdges((edge) => {
      const known = counts.get(edge);
      if (known === undefined) counts.set(edge, { count: 1 });
      else known.count++;
    });
  }

  /** Returns the sums over tasks. Those of closed tasks are kept, so that no sum decreases. */
  #sums(): readonly EdgeCount[] {
    const sums = new Map<string, { readonly from: string; readonly to: string; count: number }>();
    for (const [{ from, to }, { count }] of this.#counts) {
      const id = `${from}\n${to}`;
      const sum = sums.get(id);
      if (sum === undefined) sums.set(id, { from, to, count });
      else sum.count += count;
    }
    return [...sums.values()];
  }
}
