import type { BucketCall, BucketObject, BucketRead, Bytes } from '@kstreams/core/graph';

/** An object to write. `ifNoneMatch` refuses it if there is one. */
export interface S3Write extends BucketCall {
  readonly ifNoneMatch?: '*';
}

/** A page of a list, and the token of the next one. */
export interface S3Page {
  readonly objects: readonly BucketObject[];
  readonly next?: string | undefined;
}

/** The requests of S3 for one bucket. They reject with an error whose name is a code of S3, such as `NoSuchKey`. */
export interface S3Requests {
  get(key: string, options: BucketRead): Promise<Bytes>;
  put(key: string, bytes: Bytes, options: S3Write): Promise<void>;
  list(prefix: string, token: string | undefined, options: BucketCall): Promise<S3Page>;
  delete(keys: readonly string[], options: BucketCall): Promise<void>;
}

/** Returns the header `Range` of a part of an object. */
export const rangeHeader = ({ offset, length }: NonNullable<BucketRead['range']>): string =>
  `bytes=${offset}-${offset + length - 1}`;
