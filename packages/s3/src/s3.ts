import {
  DeleteObjectsCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import {
  type Bucket,
  batchesOf,
  checkOptions,
  messageOf,
  noBytes,
  type OptionChecks,
  option,
  plainBytes,
} from '@kstreams/core/graph';

/** Options of {@link s3}. */
export interface S3Options {
  /** A client of `@aws-sdk/client-s3`, with its region, credentials and endpoint. It stays open when the application closes. */
  readonly client: S3Client;
  /** The name of the bucket. */
  readonly bucket: string;
}

const checks: OptionChecks<S3Options> = {
  client: option.required(option.having('an S3Client of @aws-sdk/client-s3', 'send')),
  bucket: option.required(option.text),
};

/** The greatest number of objects that one request deletes. */
const deletedAtOnce = 1_000;

/**
 * A bucket of S3, or of a service that has its interface with conditional puts (`If-None-Match`): AWS, Cloudflare R2, MinIO,
 * Ceph, versitygw.
 *
 * @example
 * const client = new S3Client({ region: 'eu-central-1' })
 * const app = await start(shop, { state: snapshots(level(), s3({ client, bucket: 'shop-states' })) })
 */
export const s3 = (options: S3Options): Bucket => {
  checkOptions('s3', options, checks);
  const { bucket: Bucket, client } = options;
  return {
    name: `s3://${Bucket}`,

    get: (Key, { range, signal } = {}) =>
      sent(signal, async () => {
        if (range?.length === 0) return noBytes;
        const Range = range && `bytes=${range.offset}-${range.offset + range.length - 1}`;
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key, Range }), { abortSignal: signal });
        return Body === undefined ? noBytes : plainBytes(await Body.transformToByteArray());
      }).catch((thrown: unknown) => {
        if (nameOf(thrown) === 'NoSuchKey') return undefined;
        if (nameOf(thrown) === 'InvalidRange') return noBytes;
        throw thrown;
      }),

    put: (Key, Body, { ifAbsent = false, signal } = {}) =>
      sent(signal, async () => {
        const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
        await client.send(new PutObjectCommand({ Bucket, Key, Body, ...condition }), { abortSignal: signal });
        return true;
      }).catch((thrown: unknown) => {
        if (ifAbsent && nameOf(thrown) === 'PreconditionFailed') return false;
        throw thrown;
      }),

    list: async function* (Prefix, { signal } = {}) {
      let ContinuationToken: string | undefined;
      do {
        const request = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken });
        const page: ListObjectsV2CommandOutput = await sent(signal, () =>
          client.send(request, { abortSignal: signal }),
        );
        for (const { Key = '', LastModified, Size = 0 } of page.Contents ?? []) {
          yield { key: Key, size: Size, modified: LastModified?.getTime() ?? 0 };
        }
        ContinuationToken = page.NextContinuationToken;
      } while (ContinuationToken !== undefined);
    },

    delete: async (keys, { signal } = {}) => {
      signal?.throwIfAborted();
      for (const some of batchesOf(keys, () => 0, { items: deletedAtOnce, bytes: 1 })) {
        const Delete = { Quiet: true, Objects: some.map((Key) => ({ Key })) };
        const { Errors: [failed] = [] } = await sent(signal, () =>
          client.send(new DeleteObjectsCommand({ Bucket, Delete }), { abortSignal: signal }),
        );
        if (failed !== undefined) throw new Error(`${failed.Key}: ${failed.Message ?? failed.Code}`);
      }
    },
  };
};

/** Runs a request. Rejects with the reason of the signal once it is aborted. */
const sent = async <T>(signal: AbortSignal | undefined, request: () => Promise<T>): Promise<T> => {
  signal?.throwIfAborted();
  try {
    return await request();
  } catch (thrown) {
    signal?.throwIfAborted();
    const remedy = remedies[nameOf(thrown)];
    if (remedy === undefined) throw thrown;
    throw Object.assign(new Error(`${messageOf(thrown)}: ${remedy}`, { cause: thrown }), { name: nameOf(thrown) });
  }
};

/** The remedies of refused requests, by the name of their error. */
const remedies: Readonly<Record<string, string>> = {
  NoSuchBucket: 'create the bucket, or correct its name',
  AccessDenied: 'grant s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket',
  InvalidAccessKeyId: 'check the credentials of the client',
  SignatureDoesNotMatch: 'check the credentials of the client',
  PermanentRedirect: 'give the client the region of the bucket',
  NotImplemented: 'use a service that has conditional puts',
};

const nameOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.name : '');
