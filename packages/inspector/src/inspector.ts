import { createServer } from 'node:http';
import { checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { type InspectorHandler, inspectorHandler } from './inspector-handler.js';
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
  port: option.whole(0),
  host: option.text,
};

/**
 * Creates an extension that serves a live page of the application while it runs: the topology with its rates, tasks and
 * stores, of all processes that have an `endpoint`.
 *
 * @throws Error from `start` when the port is taken.
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
  readonly #inspector: InspectorHandler;
  readonly #server;
  readonly #path: string;
  readonly #address: { readonly host: string; readonly port: number };

  constructor({ host = '127.0.0.1', port = 7_071, ...options }: InspectorServerOptions) {
    this.#inspector = inspectorHandler(options);
    this.telemetry = this.#inspector.telemetry;
    this.#path = options.path ?? '';
    this.#address = { host, port };
    this.#server = createServer(this.#inspector.handler);
  }

  get url(): string | undefined {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') return undefined;
    const host = address.family === 'IPv6' ? `[${address.address}]` : address.address;
    return `http://${host}:${address.port}${this.#path}/#token=${encodeURIComponent(this.#inspector.token)}`;
  }

  async started(application: StartedApplication): Promise<void> {
    await this.#inspector.started(application);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ ...this.#address }, resolve);
    });
  }

  async closing(): Promise<void> {
    await this.#inspector.closing?.();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
