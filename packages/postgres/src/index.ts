/**
 * State in PostgreSQL.
 *
 * @module @kstreams/postgres
 */

export type { PostgresConnection, PostgresPool, PostgresQuery, PostgresResult } from './pool.js';
export { type PostgresOptions, postgres } from './postgres.js';
