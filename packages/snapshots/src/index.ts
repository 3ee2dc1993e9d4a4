/** State with a copy in a bucket. */

export { folder } from './folder.js';
export { type SnapshotsOptions, snapshots } from './snapshots.js';
