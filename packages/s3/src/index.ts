/** Buckets of S3. */

export { type S3Options, s3 } from './s3.js';
