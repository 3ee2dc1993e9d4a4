import {
  type Bucket,
  type BucketCall,
  type Bytes,
  ConfigError,
  messageOf,
  noBytes,
  type VersionedObject,
} from '@kstreams/core/graph';
import type { S3Requests } from './requests.js';

/** The number of times that a write is made whose condition the service could not decide. */
const undecidedWrites = 3;

/** Returns a bucket on the requests of S3. */
export const bucketOf = (requests: S3Requests, name: string): Bucket => ({
  name,

  get: (key, { range, signal } = {}) =>
    sent(signal, async () =>
      range?.length === 0
        ? noBytes
        : (await requests.get(key, { signal, ...(range !== undefined && { range }) })).bytes,
    ).catch((thrown: unknown) => {
      if (nameOf(thrown) === 'NoSuchKey') return undefined;
      if (nameOf(thrown) === 'InvalidRange') return noBytes;
      throw thrown;
    }),

  put: async (key, bytes, { ifAbsent = false, signal } = {}) => {
    if (ifAbsent) return (await putIf(requests, key, bytes, undefined, { signal })) !== undefined;
    await sent(signal, () => requests.put(key, bytes, { signal }));
    return true;
  },

  getVersion: (key, { signal } = {}) => find(requests, key, { signal }),

  replace: (key, bytes, version, { signal } = {}) => putIf(requests, key, bytes, version, { signal }),

  list: async function* (prefix, { signal } = {}) {
    let token: string | undefined;
    do {
      const { objects, next } = await sent(signal, () => requests.list(prefix, token, { signal }));
      yield* objects;
      token = next;
    } while (token !== undefined);
  },

  delete: (keys, { signal } = {}) => sent(signal, () => requests.delete(keys, { signal })),
});

/**
 * Writes an object in place of a version, or a new one. Returns its version; undefined when another one is there, which the
 * status 412 means, and 404 where there is none. With 409, and with 404 after a delete at the same time, the condition is
 * undecided: the write is made again unless another version is there.
 */
const putIf = async (
  requests: S3Requests,
  key: string,
  bytes: Bytes,
  version: string | undefined,
  { signal }: BucketCall,
): Promise<string | undefined> => {
  const condition = version === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: version };
  for (let attempt = 1; ; attempt++) {
    try {
      return versionOf(await sent(signal, () => requests.put(key, bytes, { signal, ...condition })));
    } catch (thrown) {
      if (nameOf(thrown) === 'PreconditionFailed') return undefined;
      if (!undecided.has(nameOf(thrown)) || attempt === undecidedWrites) throw thrown;
    }
    const found = await find(requests, key, { signal });
    if (found?.version !== version) return undefined;
  }
};

const undecided: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'OperationAborted', 'NoSuchKey']);

const find = async (requests: S3Requests, key: string, call: BucketCall): Promise<VersionedObject | undefined> => {
  try {
    const { bytes, etag } = await sent(call.signal, () => requests.get(key, call));
    return { bytes, version: versionOf(etag) };
  } catch (thrown) {
    if (nameOf(thrown) === 'NoSuchKey') return undefined;
    throw thrown;
  }
};

const versionOf = (etag: string | undefined): string => {
  if (etag !== undefined) return etag;
  throw new ConfigError('the service returned no ETag: use a service that has conditional puts');
};

/** Runs a request. Rejects with the reason of the signal once it is aborted. */
const sent = async <T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> => {
  signal?.throwIfAborted();
  try {
    return await request();
  } catch (thrown) {
    signal?.throwIfAborted();
    const remedy = remedies[nameOf(thrown)];
    throw remedy === undefined ? thrown : new ConfigError(`${messageOf(thrown)}: ${remedy}`, thrown);
  }
};

/** The remedies of refused requests, by the name of their error. */
const remedies: Readonly<Record<string, string>> = {
  NoSuchBucket: 'create the bucket, or correct its name',
  AccessDenied: 'grant s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket',
  InvalidAccessKeyId: 'check the credentials',
  SignatureDoesNotMatch: 'check the credentials',
  PermanentRedirect: 'use the region of the bucket',
  AuthorizationHeaderMalformed: 'use the region of the bucket',
  RequestTimeTooSkewed: 'set the clock of this machine',
  NotImplemented: 'use a service that has conditional puts',
};

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');
