/**
 * Queries an application from elsewhere: Node or a page.
 *
 * @module @kstreams/query/client
 */

export type { StaleBody } from '../protocol/bodies.js';
export type { LiveRows } from './live-rows.js';
export { type QueryClient, type QueryClientOptions, queryClient } from './query-client.js';
export { QueryError } from './query-error.js';
export type { GetOptions, RemoteView, RemoteViewOptions, SubscribeOptions } from './remote-view.js';
export type { SubscriptionEvent } from './subscription-events.js';
