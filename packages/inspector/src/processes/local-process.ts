import { type Clock, type MetricRegistry, StateError } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import { EdgeCounter } from '../edges/edge-counts.js';
import { Refusal } from '../http/refusal.js';
import type { ApplicationBody, ProcessTail } from '../protocol.js';
import { Tails } from '../tails/tails.js';
import { processReport } from './process-report.js';

/** The responses of this process. */
export class LocalProcess {
  readonly #application: StartedApplication;
  readonly #metrics: Pick<MetricRegistry, 'collect'>;
  readonly #clock: Clock;
  readonly #edges: EdgeCounter;
  readonly #tails: Tails;

  constructor(application: StartedApplication, metrics: Pick<MetricRegistry, 'collect'>) {
    const { clock } = application.options;
    this.#application = application;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#edges = new EdgeCounter(application, clock);
    this.#tails = new Tails(application, clock);
  }

  /** Returns the application, which is the same in all processes. */
  application(records: boolean): ApplicationBody {
    const { name } = this.#application;
    return { name, topology: this.#application.describe().toJSON(), records };
  }

  /**
   * Returns the response of this process to a path.
   *
   * @throws Refusal for an unknown path, and for records where they are not served.
   */
  read(path: string, search: URLSearchParams, records: boolean): unknown {
    switch (path) {
      case '/api/processes':
        return processReport(this.#application, this.#metrics, this.#edges.read(), this.#clock);
      case '/api/tail':
        if (!records) throw new Refusal(403, 'this inspector serves no records');
        return this.#tail(search);
      default:
        throw new Refusal(404, 'the page uses the paths below /api/ and /queries/');
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#edges.close();
    this.#tails.close();
  }

  #tail(search: URLSearchParams): ProcessTail {
    const instance = this.#application.metadata.instances().find(({ local }) => local)?.id ?? '';
    const store = search.get('store');
    if (store === null) return { instance, ...this.#tails.edge(search.get('from') ?? '', search.get('to') ?? '') };
    try {
      return { instance, ...this.#tails.store(store) };
    } catch (thrown) {
      if (thrown instanceof StateError) throw new Refusal(404, 'there is no such store, or it cannot be read');
      throw thrown;
    }
  }
}
