/**
 * Queries of an application's stores over HTTP.
 *
 * @module @kstreams/query
 */

export { type AccessRequest, type Authorize, anyone, bearer, type QueryOperation } from './access.js';
export type { QueriesOptions, QueryLimits } from './options.js';
export { type Queries, queries } from './queries.js';
export { type QueryServer, type QueryServerOptions, queryServer } from './query-server.js';
