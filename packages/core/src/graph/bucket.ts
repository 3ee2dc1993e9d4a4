import type { Bytes } from './bytes.js';

/** Options of every call of a bucket. */
export interface BucketCall {
  /** Ends the call, which then rejects with the reason of the signal. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of a read. */
export interface BucketRead extends BucketCall {
  /** The bytes to return; fewer where the object ends before. Default: the whole object. */
  readonly range?: { readonly offset: number; readonly length: number };
}

/** Options of a write. */
export interface BucketWrite extends BucketCall {
  /** True to write only where no object has the key; false by default. */
  readonly ifAbsent?: boolean;
}

/** An object of a bucket. */
export interface BucketObject {
  readonly key: string;
  /** In bytes. */
  readonly size: number;
  /** The time of its last write by the bucket's clock, in ms since 1970. */
  readonly modified: number;
}

/** An object with its version. */
export interface VersionedObject {
  readonly bytes: Bytes;
  /** Names its last write, such as an ETag of S3 or a generation of Cloud Storage. */
  readonly version: string;
}

/**
 * Object storage, such as a bucket of S3: objects by key. Keys are names of letters, digits and `.`, `_`, `-`,
 * `=`, separated by slashes.
 *
 * Calls reject when the storage cannot be reached or refuses them; the same call may succeed later. A rejected write may
 * have taken effect.
 */
export interface Bucket {
  /** Identifies the bucket in errors, such as `s3://states`. */
  readonly name: string;
  /** Returns the bytes of an object; `undefined` when there is none. */
  get(key: string, options?: BucketRead): Promise<Bytes | undefined>;
  /** Writes an object whole or not at all. Returns false when `ifAbsent` finds another one, also with equal bytes. */
  put(key: string, bytes: Bytes, options?: BucketWrite): Promise<boolean>;
  /** Returns an object that `replace` wrote, with its version; `undefined` when there is none. */
  getVersion(key: string, options?: BucketCall): Promise<VersionedObject | undefined>;
  /**
   * Writes an object in place of a version of it, or where there is none if `version` is undefined; whole or not at all.
   * Returns the new version, or `undefined` when another one is there. Objects of `replace` are written by it only, each time
   * with other bytes.
   */
  replace(key: string, bytes: Bytes, version: string | undefined, options?: BucketCall): Promise<string | undefined>;
  /** Returns the objects with keys that begin with `prefix`, each once, in any order. */
  list(prefix: string, options?: BucketCall): AsyncIterable<BucketObject>;
  /** Deletes objects; those that do not exist, too. */
  delete(keys: readonly string[], options?: BucketCall): Promise<void>;
}
