import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Cancel, checkOptions } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { HttpPeers } from './http/http-peers.js';
import { admitOrigin } from './http/origins.js';
import { sendJson, sendProblem } from './http/responses.js';
import { type Route, routeOf } from './http/route.js';
import { SseConnection } from './http/sse-connection.js';
import { type QueriesOptions, queriesChecks } from './options.js';
import { Problem } from './service/problem.js';
import { QueryService } from './service/query-service.js';
import { resultJson } from './service/result-json.js';

/** An extension with a handler of queries. */
export interface Queries extends Extension {
  /** Handles a request of Node's HTTP server, or of a framework on it: express, fastify, hono. */
  readonly handler: (request: IncomingMessage, response: ServerResponse) => void;
}

/**
 * Creates an extension that handles queries of the application's stores over HTTP, in a server of the program.
 *
 * @example
 * const shopQueries = queries({ authorize: bearer(process.env.QUERY_TOKEN ?? '') })
 * createServer(shopQueries.handler).listen(8080)
 * const running = await start(shop, { extensions: [shopQueries] })
 */
export const queries = (options: QueriesOptions): Queries => {
  checkOptions('queries', options, queriesChecks);
  return new QueryHandler(options);
};

class QueryHandler implements Queries {
  readonly name = 'queries';
  readonly #service: QueryService;
  readonly #origins: readonly string[];
  readonly #path: string;

  constructor({ origins = [], path = '', ...options }: QueriesOptions) {
    this.#service = new QueryService(options, 'http', new HttpPeers(path));
    this.#origins = origins;
    this.#path = path;
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response);

  started(application: StartedApplication): void {
    this.#service.started(application);
  }

  closing(): Promise<void> {
    return this.#service.closing();
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let route: Route | undefined;
    try {
      if (admitOrigin(request, response, this.#origins)) return;
      if (request.method !== 'GET') throw new Problem('method-not-allowed', 'use GET', { allow: 'GET' });
      route = routeOf(request.url ?? '/', this.#path);
      await this.#serve(route, request, response);
    } catch (thrown) {
      const problem = this.#service.problemOf(thrown, route?.store);
      if (!response.headersSent && !response.destroyed) sendProblem(response, problem);
    }
  }

  async #serve(route: Route, { headers }: IncomingMessage, response: ServerResponse): Promise<void> {
    const { operation, search, store } = route;
    const onceLeft = (listener: () => void): Cancel => {
      if (response.closed) listener();
      else response.once('close', listener);
      return () => void response.off('close', listener);
    };
    const request = { operation, store, parameters: [...search], headers, onceLeft };
    if (operation === 'changes') {
      const last = headers['last-event-id'];
      const after = typeof last === 'string' ? last : '';
      return this.#service.subscribe(request, after, () => new SseConnection(response));
    }
    await this.#service.read(request, async (result) => {
      sendJson(response, resultJson(result));
      await new Promise<void>((resolve) => void onceLeft(resolve));
    });
  }
}
