/**
 * State with a copy in a bucket.
 *
 * @module @kstreams/snapshots
 */

export { folder } from './folder.js';
export { type SnapshotsOptions, snapshots } from './snapshots.js';
