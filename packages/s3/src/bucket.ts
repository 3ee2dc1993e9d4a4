import { type Bucket, type BucketCall, type Bytes, ConfigError, messageOf, noBytes } from '@kstreams/core/graph';
import type { S3Requests } from './requests.js';

/** The number of times that a write is made whose condition the service could not decide. */
const undecidedWrites = 3;

/** Returns a bucket on the requests of S3. */
export const bucketOf = (requests: S3Requests, name: string): Bucket => ({
  name,

  get: (key, { range, signal } = {}) =>
    sent(signal, async () =>
      range?.length === 0 ? noBytes : requests.get(key, { signal, ...(range !== undefined && { range }) }),
    ).catch((thrown: unknown) => {
      if (nameOf(thrown) === 'NoSuchKey') return undefined;
      if (nameOf(thrown) === 'InvalidRange') return noBytes;
      throw thrown;
    }),

  put: async (key, bytes, { ifAbsent = false, signal } = {}) => {
    if (ifAbsent) return putNew(requests, key, bytes, { signal });
    await sent(signal, () => requests.put(key, bytes, { signal }));
    return true;
  },

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
 * Writes a new object; returns false if there is one. The status 412 means that. With 409, and with 404 after a delete at the
 * same time, the condition is undecided: the write is made again unless there is an object.
 */
const putNew = async (requests: S3Requests, key: string, bytes: Bytes, { signal }: BucketCall): Promise<boolean> => {
  for (let attempt = 1; ; attempt++) {
    try {
      await sent(signal, () => requests.put(key, bytes, { signal, ifNoneMatch: '*' }));
      return true;
    } catch (thrown) {
      if (nameOf(thrown) === 'PreconditionFailed') return false;
      if (!undecided.has(nameOf(thrown)) || attempt === undecidedWrites) throw thrown;
    }
    if (await exists(requests, key, { signal })) return false;
  }
};

const undecided: ReadonlySet<string> = new Set(['ConditionalRequestConflict', 'OperationAborted', 'NoSuchKey']);

const exists = async (requests: S3Requests, key: string, call: BucketCall): Promise<boolean> => {
  try {
    await sent(call.signal, () => requests.get(key, { ...call, range: { offset: 0, length: 1 } }));
    return true;
  } catch (thrown) {
    if (nameOf(thrown) === 'InvalidRange') return true;
    if (nameOf(thrown) === 'NoSuchKey') return false;
    throw thrown;
  }
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
