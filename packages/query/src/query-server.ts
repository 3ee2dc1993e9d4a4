import type { RequestListener } from 'node:http';
import { checkOptions, type OptionChecks } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { addressChecks, HttpServer } from '@kstreams/runtime/http';
import { anyone } from './access.js';
import { isLoopback } from './http/origins.js';
import { sendProblem } from './http/responses.js';
import { type QueriesOptions, queriesChecks } from './options.js';
import { queries } from './queries.js';
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
  ...addressChecks,
};

/**
 * Creates an extension that serves queries of the application's stores over HTTP while it runs.
 *
 * @throws ConfigError from `start` when the port is taken, or the address is refused.
 *
 * @example
 * const server = queryServer({ authorize: bearer(process.env.QUERY_TOKEN ?? ''), port: 7070 })
 * const running = await start(shop, { extensions: [server] })
 */
export const queryServer = (options: QueryServerOptions): QueryServer => {
  checkOptions('queryServer', options, serverChecks);
  return new ServedQueries(options);
};

class ServedQueries implements QueryServer {
  readonly name = 'query-server';
  readonly #server: HttpServer;

  constructor({ host = '127.0.0.1', port = 7_070, ...options }: QueryServerOptions) {
    const served = queries(options);
    // A page that rebinds the name of its host to the loopback address sends that name.
    const guarded = options.authorize === anyone && isLoopback(host);
    const handler: RequestListener = (request, response) => {
      if (!guarded || isLoopback(request.headers.host)) served.handler(request, response);
      else sendProblem(response, new Problem('misdirected', 'without a token, only localhost is served'));
    };
    const open = async (application: StartedApplication): Promise<RequestListener> => {
      await served.started(application);
      return handler;
    };
    this.#server = new HttpServer({ open, close: () => served.closing?.() }, { host, port });
  }

  get port(): number | undefined {
    return this.#server.address?.port;
  }

  started(application: StartedApplication): Promise<void> {
    return this.#server.started(application);
  }

  closing(): Promise<void> {
    return this.#server.closing();
  }
}
