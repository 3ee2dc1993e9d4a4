/**
 * Buckets of Google Cloud Storage.
 *
 * @module @kstreams/gcs
 */

export type { GcsBucket, GcsFile, GcsPage, GcsWrite } from './client.js';
export { type GcsOptions, gcs } from './gcs.js';
