import type { RequestListener } from 'node:http';
import { checkOptions, type OptionChecks } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { addressChecks, HttpServer } from '@kstreams/runtime/http';
import { inspectorHandler } from './inspector-handler.js';
import { type InspectorOptions, inspectorChecks } from './options.js';

/** Options of {@link inspector}. */
export interface InspectorServerOptions extends InspectorOptions {
  /** Default 7071. 0 takes a free one. */
  readonly port?: number;
  /** The address to listen at. Default `127.0.0.1`: give `0.0.0.0` for other machines. */
  readonly host?: string;
}

/** An extension that serves the inspector. */
export interface Inspector extends Extension {
  /** The address of the page, with the token: keep it secret. Undefined before it has started. */
  readonly url: string | undefined;
}

const serverChecks: OptionChecks<InspectorServerOptions> = {
  ...inspectorChecks,
  ...addressChecks,
};

/**
 * Creates an extension that serves a live page of the application while it runs: the topology with its rates, tasks and
 * stores, of all processes that have an `endpoint`.
 *
 * @throws ConfigError from `start` when the port is taken, or the address is refused.
 *
 * @example
 * const page = inspector()
 * const running = await start(shop, { extensions: [page] })
 * console.log(page.url) // http://127.0.0.1:7071/#token=…
 */
export const inspector = (options: InspectorServerOptions = {}): Inspector => {
  checkOptions('inspector', options, serverChecks);
  return new PageServer(options);
};

class PageServer implements Inspector {
  readonly name = 'inspector';
  readonly telemetry: Extension['telemetry'];
  readonly #server: HttpServer;
  /** The path of the page, with the token. */
  readonly #page: string;

  constructor({ host = '127.0.0.1', port = 7_071, ...options }: InspectorServerOptions) {
    const served = inspectorHandler(options);
    const open = async (application: StartedApplication): Promise<RequestListener> => {
      await served.started(application);
      return served.handler;
    };
    this.telemetry = served.telemetry;
    this.#page = `${options.path ?? ''}/#token=${encodeURIComponent(served.token)}`;
    this.#server = new HttpServer({ open, close: () => served.closing?.() }, { host, port });
  }

  get url(): string | undefined {
    const { address } = this.#server;
    if (address === undefined) return undefined;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}${this.#page}`;
  }

  started(application: StartedApplication): Promise<void> {
    return this.#server.started(application);
  }

  closing(): Promise<void> {
    return this.#server.closing();
  }
}
