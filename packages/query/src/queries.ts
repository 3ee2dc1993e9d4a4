import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Clock, checkOptions, StreamsError, systemClock } from '@kstreams/core/graph';
import type { Extension, StartedApplication } from '@kstreams/runtime';
import { Subscriptions } from './changes/subscriptions.js';
import { admitOrigin } from './http/origins.js';
import { Parameters } from './http/parameters.js';
import { Problem, unavailable } from './http/problem.js';
import { QuerySlots } from './http/query-slots.js';
import { sendJson, sendProblem } from './http/responses.js';
import { type Route, routeOf } from './http/route.js';
import { type Limits, limitsOf, type QueriesOptions, queriesChecks } from './options.js';
import { problemOf } from './reads/local-reads.js';
import { pageJson } from './reads/page-json.js';
import { freshnessOf, getQuery, parameterNames, rowsQuery, windowsQuery } from './reads/query.js';
import { staleJson } from './reads/stale-json.js';
import { Stores } from './reads/stores.js';
import { type Forwarded, Peers, partitionsHeader } from './routing/peers.js';

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

/** The parts of a handler while its application runs. */
interface Served {
  readonly stores: Stores;
  readonly subscriptions: Subscriptions;
  readonly moves: { unsubscribe(): void };
}

class QueryHandler implements Queries {
  readonly name = 'queries';
  readonly #options: QueriesOptions;
  readonly #limits: Limits;
  readonly #slots: QuerySlots;
  readonly #path: string;
  readonly #clock: Clock;
  #started: Served | undefined;

  constructor(options: QueriesOptions) {
    this.#options = options;
    this.#limits = limitsOf(options.limits);
    this.#clock = options.clock ?? systemClock;
    this.#slots = new QuerySlots(this.#limits, this.#clock);
    this.#path = options.path ?? '';
  }

  readonly handler = (request: IncomingMessage, response: ServerResponse): void => void this.#handle(request, response);

  started(application: StartedApplication): void {
    const { metadata } = application;
    const peers = new Peers(metadata, this.#path);
    const subscriptions = new Subscriptions(peers, this.#limits, this.#clock);
    const moves = metadata.instances$.subscribe(() => subscriptions.moved());
    this.#started = { stores: new Stores(application, peers, this.#limits, this.#clock), subscriptions, moves };
  }

  closing(): void {
    this.#started?.moves.unsubscribe();
    this.#started?.subscriptions.close();
    this.#started = undefined;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let route: Route | undefined;
    try {
      if (admitOrigin(request, response, this.#options.origins ?? [])) return;
      if (request.method !== 'GET') throw new Problem('method-not-allowed', 'use GET', { allow: 'GET' });
      route = routeOf(request.url ?? '/', this.#path);
      await this.#authorize(route, request);
      if (route.operation === 'changes') return this.#subscribe(route, request, response);
      const read = this.#readOf(route, request);
      sendJson(response, await this.#slots.run(response, read));
    } catch (thrown) {
      const problem = problemOf(thrown) ?? this.#failed(thrown, route);
      if (!response.headersSent && !response.destroyed) sendProblem(response, problem);
    }
  }

  async #authorize({ operation, store }: Route, { headers }: IncomingMessage): Promise<void> {
    if ((await this.#options.authorize({ operation, store, headers })) === true) return;
    if (headers.authorization !== undefined) throw new Problem('forbidden', 'the token does not allow this query');
    throw new Problem('unauthorized', 'send the header "authorization: Bearer <token>"', {
      'www-authenticate': 'Bearer',
    });
  }

  #subscribe(route: Route, request: IncomingMessage, response: ServerResponse): void {
    const { stores, subscriptions } = this.#served;
    const { store } = stores.reads(route.store ?? '');
    const after = new Parameters(route.search, ['after']).text('after') ?? '';
    const last = request.headers['last-event-id'];
    const failed = (error: unknown): void => void this.#failed(error, route);
    const position = typeof last === 'string' ? last : after;
    subscriptions.open(store, forwardedOf(route, request), position, response, failed);
  }

  get #served(): Served {
    if (this.#started === undefined) throw unavailable('the application is not running');
    return this.#started;
  }

  /** Returns the read of a route; throws when its store or its parameters are invalid. */
  #readOf(route: Route, message: IncomingMessage): (signal: AbortSignal) => Promise<string> {
    const { operation, search, store: name } = route;
    const { stores } = this.#served;
    if (name === undefined) {
      new Parameters(search, []);
      return async () => JSON.stringify(stores.list());
    }
    const reads = stores.reads(name);
    const forwarded = forwardedOf(route, message);
    const { partitions } = forwarded;
    const request = (signal: AbortSignal): Forwarded => ({ ...forwarded, signal });
    switch (operation) {
      case 'get': {
        const query = getQuery(reads.store, new Parameters(search, parameterNames.get));
        return (signal) => reads.get(query, request(signal));
      }
      case 'count': {
        const freshness = freshnessOf(new Parameters(search, parameterNames.count));
        return async (signal) => {
          const { count, stale } = await reads.count(freshness, request(signal));
          return staleJson(JSON.stringify({ count }), stale);
        };
      }
      case 'windows': {
        const query = windowsQuery(reads.store, new Parameters(search, parameterNames.windows), this.#limits);
        return async (signal) => pageJson(await reads.page(query, request(signal)), query, partitions !== undefined);
      }
      default: {
        const query = rowsQuery(reads.store, new Parameters(search, parameterNames.rows), this.#limits);
        return async (signal) => pageJson(await reads.page(query, request(signal)), query, partitions !== undefined);
      }
    }
  }

  /** Reports a failure. The response does not show its message, which may hold parts of rows. */
  #failed(thrown: unknown, route: Route | undefined): Problem {
    const { onError = reportCode } = this.#options;
    onError(thrown, route?.store ?? '');
    return new Problem('failed', 'the query failed; its process reports the error to the option "onError"');
  }
}

/** Prints the code of an error without its message, which may hold parts of rows. */
const reportCode = (error: unknown, store: string): void => {
  const code = error instanceof StreamsError ? error.code : error instanceof Error ? error.name : typeof error;
  const message = `a query of store "${store}" failed with ${code}: set the option "onError" of queries to see it`;
  console.error(`[query-failed] ${message}`);
};

/** Returns the part of a request that other processes receive. */
const forwardedOf = ({ path, search }: Route, { headers }: IncomingMessage): Omit<Forwarded, 'signal'> => ({
  url: `${path}?${search}`,
  authorization: headers.authorization,
  partitions: partitionsOf(headers[partitionsHeader]),
});

/** @throws Problem for a malformed header. */
const partitionsOf = (header: string | readonly string[] | undefined): readonly number[] | undefined => {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^\d{1,9}(,\d{1,9})*$/.test(header)) return header.split(',').map(Number);
  throw new Problem('bad-request', `the header "${partitionsHeader}" is malformed`);
};
