import { type Clock, type Duration, type OptionChecks, option, toMilliseconds } from '@kstreams/core/graph';
import type { Authorize } from './access.js';

/** Limits of queries. All have defaults. */
export interface QueryLimits {
  /** The most rows of a page; 1,000 unless set. A page has 100 unless the query sets a limit. */
  readonly rows?: number;
  /** The size at which a page or a row ends, in bytes of JSON; 1 MiB unless set. */
  readonly bytes?: number;
  /** The longest time of a query; `'10s'` unless set. */
  readonly time?: Duration;
  /** The most queries at once, without subscriptions; 100 unless set. */
  readonly queries?: number;
  /** The most subscriptions at once; 100 unless set. */
  readonly subscriptions?: number;
  /** The most bytes that a subscriber may leave unread before it is dropped; 4 MiB unless set. */
  readonly buffered?: number;
  /** The size of the last changes that are kept per partition for subscribers that come back, in bytes; 1 MiB unless set. */
  readonly history?: number;
}

/** Options of queries, of any protocol. */
export interface QueryOptions {
  /** Decides on each query: `bearer(token)`, `anyone`, or a function. */
  readonly authorize: Authorize;
  readonly limits?: QueryLimits;
  /** The system clock unless set. */
  readonly clock?: Clock;
  /** Receives the error of each query that failed by no fault of its request. Its message may hold parts of rows. */
  readonly onError?: (error: unknown, store: string) => void;
}

/** Options of {@link queries}. */
export interface QueriesOptions extends QueryOptions {
  /** The path below which the handler is mounted, such as `'/queries'`, where the framework leaves it in the URL; none unless set. */
  readonly path?: string;
  /** The origins of pages that may query, such as `'https://shop.example'`; none unless set. */
  readonly origins?: readonly string[];
}

/** The limits with their defaults. */
export interface Limits {
  readonly rows: number;
  readonly bytes: number;
  readonly milliseconds: number;
  readonly queries: number;
  readonly subscriptions: number;
  readonly buffered: number;
  readonly history: number;
}

/** Returns limits with their defaults. */
export const limitsOf = (given: QueryLimits = {}): Limits => ({
  rows: given.rows ?? 1_000,
  bytes: given.bytes ?? 1_048_576,
  milliseconds: toMilliseconds(given.time ?? '10s', 'the time of a query'),
  queries: given.queries ?? 100,
  subscriptions: given.subscriptions ?? 100,
  buffered: given.buffered ?? 4 * 1_048_576,
  history: given.history ?? 1_048_576,
});

const limitChecks: OptionChecks<QueryLimits> = {
  rows: option.count,
  bytes: option.count,
  time: option.duration,
  queries: option.count,
  subscriptions: option.count,
  buffered: option.count,
  history: option.whole(0),
};

/** The checks of {@link QueryOptions}. */
export const queryChecks: OptionChecks<QueryOptions> = {
  authorize: option.required(option.fn),
  limits: option.oneOf<QueryLimits>(limitChecks),
  clock: option.clock,
  onError: option.fn,
};

/** The checks of {@link QueriesOptions}. */
export const queriesChecks: OptionChecks<QueriesOptions> = {
  ...queryChecks,
  path: {
    takes: "a path such as '/queries'",
    accepts: (value) => typeof value === 'string' && /^\/[^?#]*[^/?#]$/.test(value),
  },
  origins: option.listOf(option.text),
};
