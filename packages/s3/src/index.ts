/**
 * Buckets of S3.
 *
 * @module @kstreams/s3
 */

export { type S3ClientOptions, type S3Options, s3 } from './s3.js';
export type { S3Sender } from './sdk-requests.js';
export type { S3Credentials } from './signed-requests.js';
