import { type Bucket, checkOptions, type OptionCheck, type OptionChecks, option } from '@kstreams/core/graph';
import { bucketOf } from './bucket.js';
import type { S3Requests } from './requests.js';
import { type S3Sender, sdkRequests } from './sdk-requests.js';
import { type S3Credentials, type S3Place, signedRequests } from './signed-requests.js';

/** Options of {@link s3} with a client of the AWS SDK. */
export interface S3ClientOptions {
  /** A client of `@aws-sdk/client-s3`, with its region, credentials and endpoint. It stays open when the application closes. */
  readonly client: S3Sender;
  /** The name of the bucket. */
  readonly bucket: string;
}

/** Options of {@link s3} without the AWS SDK. */
export interface S3Options {
  /** The name of the bucket. */
  readonly bucket: string;
  /** The region of the bucket, such as `eu-central-1`; `auto` for Cloudflare R2. */
  readonly region: string;
  /** The URL of a service other than AWS, without the bucket, such as `http://localhost:9000`. */
  readonly endpoint?: string;
  /** Credentials, or a function that returns them. It is called for each request: keep them until they expire. */
  readonly credentials: S3Credentials | (() => Promise<S3Credentials>);
}

const clientChecks: OptionChecks<S3ClientOptions> = {
  client: option.required(option.having('an S3Client of @aws-sdk/client-s3', 'send')),
  bucket: option.required(option.text),
};

const isText = (value: unknown): boolean => option.text.accepts(value);

const credentials: OptionCheck = {
  takes: '{ accessKeyId, secretAccessKey }, or a function that returns them',
  accepts: (value) => {
    const { accessKeyId, secretAccessKey } = (value ?? {}) as Partial<S3Credentials>;
    return typeof value === 'function' || (isText(accessKeyId) && isText(secretAccessKey));
  },
};

const endpoint: OptionCheck = {
  takes: "a URL, such as 'http://localhost:9000'",
  accepts: (value) => isText(value) && /^https?:\/\/[^/]/.test(value as string),
};

const checks: OptionChecks<S3Options> = {
  bucket: option.required(option.text),
  region: option.required(option.text),
  endpoint,
  credentials: option.required(credentials),
};

/**
 * A bucket of S3, or of a service that has its interface with conditional puts (`If-None-Match`): AWS, Cloudflare R2, MinIO,
 * Ceph, versitygw. Requests are signed here, or sent with a client of the AWS SDK.
 *
 * @example
 * const credentials = { accessKeyId: 'AKIA…', secretAccessKey: '…' }
 * const bucket = s3({ bucket: 'shop-states', region: 'eu-central-1', credentials })
 * const app = await start(shop, { state: snapshots(level(), bucket) })
 */
export function s3(options: S3Options): Bucket;
export function s3(withClient: S3ClientOptions): Bucket;
export function s3(options: S3Options | S3ClientOptions): Bucket {
  return bucketOf(requestsOf(options), `s3://${options.bucket}`);
}

const requestsOf = (options: S3Options | S3ClientOptions): S3Requests => {
  if (typeof options === 'object' && options !== null && 'client' in options) {
    checkOptions('s3', options, clientChecks);
    return sdkRequests(options.client, options.bucket);
  }
  checkOptions('s3', options, checks);
  return signedRequests(options satisfies S3Place);
};
