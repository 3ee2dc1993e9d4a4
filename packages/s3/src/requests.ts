import type { BucketCall, BucketObject, BucketRead, Bytes } from '@kstreams/core/graph';

/** An object to write. `ifNoneMatch` refuses it if there is one, and `ifMatch` unless there is one with that ETag. */
export interface S3Write extends BucketCall {
  readonly ifNoneMatch?: '*';
  readonly ifMatch?: string;
}

/** The bytes of an object, and its ETag. */
export interface S3Object {
  readonly bytes: Bytes;
  readonly etag: string | undefined;
}

/** A page of a list, and the token of the next one. */
export interface S3Page {
  readonly objects: readonly BucketObject[];
  readonly next?: string | undefined;
}

/** The requests of S3 for one bucket. They reject with an error whose name is a code of S3, such as `NoSuchKey`. */
export interface S3Requests {
  get(key: string, options: BucketRead): Promise<S3Object>;
  /** Returns the ETag of the object. */
  put(key: string, bytes: Bytes, options: S3Write): Promise<string | undefined>;
  list(prefix: string, token: string | undefined, options: BucketCall): Promise<S3Page>;
  delete(keys: readonly string[], options: BucketCall): Promise<void>;
}

/** Returns the header `Range` of a part of an object. */
export const rangeHeader = ({ offset, length }: NonNullable<BucketRead['range']>): string =>
  `bytes=${offset}-${offset + length - 1}`;
