import { type Clock, type MetricRegistry, StateError } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import { redact } from '../configuration/redaction.js';
import { EdgeCounter } from '../edges/edge-counts.js';
import { EventLog } from '../events/event-log.js';
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
  readonly #events: EventLog;

  constructor(application: StartedApplication, metrics: Pick<MetricRegistry, 'collect'>) {
    const { clock } = application.options;
    this.#application = application;
    this.#metrics = metrics;
    this.#clock = clock;
    this.#edges = new EdgeCounter(application, clock);
    this.#tails = new Tails(application, clock);
    this.#events = new EventLog(application, clock);
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
      case '/api/timeline':
        return { ...this.#place, ...this.#events.read() };
      case '/api/configuration':
        return { ...this.#place, options: redact(this.#application.options) };
      default:
        throw new Refusal(404, 'the page uses the paths below /api/ and /queries/');
    }
  }

  /** Ends all watches. */
  close(): void {
    this.#edges.close();
    this.#tails.close();
    this.#events.close();
  }

  get #place(): { readonly instance: string; readonly endpoint: string | undefined } {
    const local = this.#application.metadata.instances().find((one) => one.local);
    return { instance: local?.id ?? '', endpoint: local?.endpoint };
  }

  #tail(search: URLSearchParams): ProcessTail {
    const { instance } = this.#place;
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
