/**
 * State in Bigtable.
 *
 * @module @kstreams/bigtable
 */

export { type BigtableOptions, bigtable } from './bigtable.js';
export type { BigtableCell, BigtableRow, BigtableTable } from './client.js';
