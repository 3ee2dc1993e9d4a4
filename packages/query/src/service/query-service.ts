import { type Clock, StreamsError, systemClock } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import type { EventConnection } from '../changes/event-connection.js';
import { Subscriptions } from '../changes/subscriptions.js';
import { type Limits, limitsOf, type QueryOptions } from '../options.js';
import { problemOf } from '../reads/local-reads.js';
import { encodePageToken } from '../reads/page-token.js';
import { Parameters } from '../reads/parameters.js';
import { freshnessOf, getQuery, parameterNames, rowsQuery, type ScanQuery, windowsQuery } from '../reads/query.js';
import type { StoreReads } from '../reads/store-reads.js';
import { Stores } from '../reads/stores.js';
import { type Forwarded, type PeerClient, partitionsHeader } from '../routing/peer-client.js';
import { Peers } from '../routing/peers.js';
import { Problem, unavailable } from './problem.js';
import { QueryMetrics, type QueryProtocol } from './query-metrics.js';
import type { QueryRequest, QueryResult } from './query-request.js';
import { QuerySlots } from './query-slots.js';

/** The parts of a service while its application runs. */
interface Served {
  readonly stores: Stores;
  readonly subscriptions: Subscriptions;
  readonly moves: { unsubscribe(): void };
  readonly metrics: QueryMetrics | undefined;
}

/** The longest time that running queries have when the application closes, in ms. */
export const drainTime = 5_000;

/** Executes the queries of any protocol: it authorizes, limits, routes and measures them. */
export class QueryService {
  readonly #limits: Limits;
  readonly #options: QueryOptions;
  readonly #protocol: QueryProtocol;
  readonly #client: PeerClient;
  readonly #slots: QuerySlots;
  readonly #clock: Clock;
  readonly #running = new Set<Promise<void>>();
  #started: Served | undefined;
  #draining = false;

  /** `client` sends requests to the other processes. */
  constructor(options: QueryOptions, protocol: QueryProtocol, client: PeerClient) {
    this.#options = options;
    this.#protocol = protocol;
    this.#client = client;
    this.#limits = limitsOf(options.limits);
    this.#clock = options.clock ?? systemClock;
    this.#slots = new QuerySlots(this.#limits, this.#clock);
  }

  /** Begins to serve an application. */
  started(application: StartedApplication): void {
    const { metadata, telemetry } = application;
    const peers = new Peers(metadata, this.#client);
    const metrics = telemetry && new QueryMetrics(telemetry, this.#protocol);
    const subscriptions = new Subscriptions(peers, this.#limits, this.#clock, metrics);
    const moves = metadata.instances$.subscribe(() => subscriptions.moved());
    const stores = new Stores(application, peers, this.#limits, this.#clock);
    this.#started = { stores, subscriptions, moves, metrics };
  }

  /**
   * Ends all subscriptions; later queries are unavailable. Resolves when the running queries are over and their results are
   * sent, after 5 s at the latest.
   */
  async closing(): Promise<void> {
    this.#draining = true;
    this.#started?.moves.unsubscribe();
    this.#started?.subscriptions.close();
    await this.#drained();
    this.#started?.metrics?.close();
    this.#client.close();
    this.#started = undefined;
    this.#draining = false;
  }

  /**
   * Executes a query and sends its result with `send`, which returns when the client has it.
   *
   * @throws Problem for any failure of the query.
   */
  async read(request: QueryRequest, send: (result: QueryResult) => void | Promise<void>): Promise<void> {
    const running = this.#resultOf(request).then(send);
    // The caller receives the error of `running`.
    const settled = running.catch(() => {}).finally(() => this.#running.delete(settled));
    this.#running.add(settled);
    await running;
  }

  async #resultOf(request: QueryRequest): Promise<QueryResult> {
    const { metrics } = this.#started ?? {};
    const begun = metrics && this.#clock.monotonic();
    const elapsed = (): number | undefined => (begun === undefined ? undefined : this.#clock.monotonic() - begun);
    try {
      if (this.#draining) throw unavailable('the application closes');
      await this.#authorize(request);
      const result = await this.#slots.run(request.onceLeft, this.#readOf(request));
      metrics?.ended(request.operation, 'ok', rowsOf(result), elapsed());
      return result;
    } catch (thrown) {
      const problem = this.problemOf(thrown, request.store);
      metrics?.ended(request.operation, problem.code, 0, elapsed());
      throw problem;
    }
  }

  /**
   * Sends the content of a store and its changes until the subscriber leaves. `after` is the id of the last event that it
   * received. `connect` is called once the subscription is allowed.
   *
   * @throws Problem for any failure before.
   */
  async subscribe(request: QueryRequest, after: string, connect: () => EventConnection): Promise<void> {
    const { metrics } = this.#started ?? {};
    try {
      await this.#authorize(request);
      if (this.#draining) throw unavailable('the application closes');
      const { stores, subscriptions } = this.#served;
      const { store } = stores.reads(request.store ?? '');
      const given = new Parameters(request.parameters, ['after']).text('after') ?? '';
      const failed = (error: unknown): void => void this.problemOf(error, request.store);
      subscriptions.open(store, forwardedOf(request), after || given, connect, failed);
      metrics?.ended(request.operation, 'ok', 0);
    } catch (thrown) {
      const problem = this.problemOf(thrown, request.store);
      metrics?.ended(request.operation, problem.code, 0);
      throw problem;
    }
  }

  /** Returns the problem of a failure. One of the application is reported; its message may hold parts of rows. */
  problemOf(thrown: unknown, store: string | undefined): Problem {
    const problem = problemOf(thrown);
    if (problem !== undefined) return problem;
    const { onError = reportCode } = this.#options;
    onError(thrown, store ?? '');
    return new Problem('failed', 'the query failed; its process reports the error to the option "onError"');
  }

  async #authorize({ headers, operation, store }: QueryRequest): Promise<void> {
    if ((await this.#options.authorize({ operation, store, headers })) === true) return;
    if (headers.authorization !== undefined) throw new Problem('forbidden', 'the token does not allow this query');
    throw new Problem('unauthorized', 'send the header "authorization: Bearer <token>"', {
      'www-authenticate': 'Bearer',
    });
  }

  /** Resolves when no query runs, or the time for them is over. */
  async #drained(): Promise<void> {
    if (this.#running.size === 0) return;
    await new Promise<void>((resolve) => {
      const cancel = this.#clock.after(drainTime, resolve);
      void Promise.all(this.#running).then(() => {
        cancel();
        resolve();
      });
    });
  }

  get #served(): Served {
    if (this.#started === undefined) throw unavailable('the application is not running');
    return this.#started;
  }

  /** Returns the read of a request; throws when its store or its parameters are invalid. */
  #readOf(request: QueryRequest): (signal: AbortSignal) => Promise<QueryResult> {
    const { operation, parameters, store: name } = request;
    const { stores } = this.#served;
    if (name === undefined) {
      new Parameters(parameters, []);
      return async () => ({ kind: 'stores', stores: stores.list() });
    }
    const reads = stores.reads(name);
    const forwarded = forwardedOf(request);
    switch (operation) {
      case 'get': {
        const query = getQuery(reads.store, new Parameters(parameters, parameterNames.get));
        return async (signal) => ({ kind: 'row', row: await reads.get(query, { ...forwarded, signal }) });
      }
      case 'count': {
        const freshness = freshnessOf(new Parameters(parameters, parameterNames.count));
        return async (signal) => ({ kind: 'count', count: await reads.count(freshness, { ...forwarded, signal }) });
      }
      case 'windows': {
        const query = windowsQuery(reads.store, new Parameters(parameters, parameterNames.windows), this.#limits);
        return (signal) => pageOf(reads, query, { ...forwarded, signal });
      }
      case 'rows': {
        const query = rowsQuery(reads.store, new Parameters(parameters, parameterNames.rows), this.#limits);
        return (signal) => pageOf(reads, query, { ...forwarded, signal });
      }
      default:
        throw new Problem('bad-request', 'there is no such operation on a store');
    }
  }
}

const pageOf = async (reads: StoreReads, query: ScanQuery, request: Forwarded): Promise<QueryResult> => {
  const page = await reads.page(query, request);
  const forwarded = request.partitions !== undefined;
  const last = page.rows.at(-1);
  const next = page.more && last !== undefined && !forwarded ? encodePageToken(last, query.text) : undefined;
  return { kind: 'page', page, next, forwarded };
};

const rowsOf = (result: QueryResult): number =>
  result.kind === 'row' ? 1 : result.kind === 'page' ? result.page.rows.length : 0;

/** Prints the code of an error without its message, which may hold parts of rows. */
const reportCode = (error: unknown, store: string): void => {
  const code = error instanceof StreamsError ? error.code : error instanceof Error ? error.name : typeof error;
  const message = `a query of store "${store}" failed with ${code}: set the option "onError" of queries to see it`;
  console.error(`[query-failed] ${message}`);
};

/** Returns the part of a request that other processes receive. */
const forwardedOf = ({ headers, operation, parameters, store = '' }: QueryRequest): Omit<Forwarded, 'signal'> => {
  const { authorization } = headers;
  return {
    operation,
    store,
    parameters: parameters.filter(([name]) => name !== 'after'),
    authorization: typeof authorization === 'string' ? authorization : undefined,
    partitions: partitionsOf(headers[partitionsHeader]),
  };
};

/** @throws Problem for a malformed header. */
const partitionsOf = (header: string | readonly string[] | undefined): readonly number[] | undefined => {
  if (header === undefined) return undefined;
  if (typeof header === 'string' && /^\d{1,9}(,\d{1,9})*$/.test(header)) return header.split(',').map(Number);
  throw new Problem('bad-request', `the header "${partitionsHeader}" is malformed`);
};
