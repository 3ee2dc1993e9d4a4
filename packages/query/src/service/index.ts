/** The operations of queries, for servers of other protocols. */
export type { Authorize } from '../access.js';
export type { EventConnection, SentEvent } from '../changes/event-connection.js';
export { type QueryOptions, queryChecks } from '../options.js';
export type { ProblemCode, StaleBody } from '../protocol/bodies.js';
export { type Forwarded, type PeerClient, type PeerEvent, partitionsHeader } from '../routing/peer-client.js';
export { Problem, unavailable } from './problem.js';
export type { PageResult, QueryRequest, QueryResult } from './query-request.js';
export { drainTime, QueryService } from './query-service.js';
export { resultJson } from './result-json.js';
