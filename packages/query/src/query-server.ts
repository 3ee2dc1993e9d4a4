import { createServer, type Server } from 'node:http';
import { checkOptions, type OptionChecks, option } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { anyone } from './access.js';
import { isLoopback } from './http/origins.js';
import { sendProblem } from './http/responses.js';
import { type QueriesOptions, queriesChecks } from './options.js';
import { type Queries, queries } from './queries.js';
import { Problem } from './service/problem.js';

/** Options of {@link queryServer}. */
export interface QueryServerOptions extends QueriesOptions {
  /** Default 7070. 0 takes a free one. */
  readonly port?: number;
  /** The address to listen at. Default `127.0.0.1`: give `0.0.0.0` for queries of other machines, with `bearer`. */
  readonly host?: string;
}

/** An extension that serves queries. */
export interface QueryServer extends Extension {
  /** The port that it listens at; undefined before it has started. */
  readonly port: number | undefined;
}

const serverChecks: OptionChecks<QueryServerOptions> = {
  ...queriesChecks,
  port: option.whole(0),
  host: option.text,
};

/**
 * Creates an extension that serves queries of the application's stores over HTTP while it runs.
 *
 * @throws Error from `start` when the port is taken.
 *
 * @example
 * const server = queryServer({ authorize: bearer(process.env.QUERY_TOKEN ?? ''), port: 7070 })
 * const running = await start(shop, { extensions: [server] })
 */
export const queryServer = (options: QueryServerOptions): QueryServer => {
  checkOptions('queryServer', options, serverChecks);
  return new HttpServer(options);
};

class HttpServer implements QueryServer {
  readonly name = 'query-server';
  readonly #queries: Queries;
  readonly #server: Server;
  readonly #address: { readonly host: string; readonly port: number };

  constructor({ host = '127.0.0.1', port = 7_070, ...options }: QueryServerOptions) {
    this.#queries = queries(options);
    this.#address = { host, port };
    // A page that rebinds the name of its host to the loopback address sends that name.
    const guarded = options.authorize === anyone && isLoopback(host);
    this.#server = createServer((request, response) => {
      if (!guarded || isLoopback(request.headers.host)) this.#queries.handler(request, response);
      else sendProblem(response, new Problem('misdirected', 'without a token, only localhost is served'));
    });
  }

  get port(): number | undefined {
    const address = this.#server.address();
    return typeof address === 'object' ? address?.port : undefined;
  }

  async started(application: StartedApplication): Promise<void> {
    await this.#queries.started(application);
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ ...this.#address }, resolve);
    });
  }

  async closing(): Promise<void> {
    await this.#queries.closing?.();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
