import type {
  DeleteObjectsCommandOutput,
  GetObjectCommandOutput,
  ListObjectsV2CommandOutput,
  PutObjectCommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { batchesOf, noBytes, plainBytes } from '@kstreams/core/graph';
import { rangeHeader, type S3Requests } from './requests.js';

/** A client of `@aws-sdk/client-s3`: the part that is used. */
export interface S3Sender {
  send(command: never, options?: { readonly abortSignal?: AbortSignal }): Promise<unknown>;
}

/** The greatest number of objects that one request deletes. */
const deletedAtOnce = 1_000;

/** Returns the requests of a bucket with a client of the AWS SDK, which is loaded with the first one. */
export const sdkRequests = (sender: S3Sender, Bucket: string): S3Requests => {
  const client = sender as S3Client;
  const sdk = () => import('@aws-sdk/client-s3');
  return {
    get: async (Key, { range, signal }) => {
      const { GetObjectCommand } = await sdk();
      const command = new GetObjectCommand({ Bucket, Key, Range: range && rangeHeader(range) });
      const { Body, ETag }: GetObjectCommandOutput = await client.send(command, { abortSignal: signal });
      return { bytes: Body === undefined ? noBytes : plainBytes(await Body.transformToByteArray()), etag: ETag };
    },

    put: async (Key, Body, { ifMatch: IfMatch, ifNoneMatch: IfNoneMatch, signal }) => {
      const { PutObjectCommand } = await sdk();
      const command = new PutObjectCommand({ Bucket, Key, Body, IfMatch, IfNoneMatch });
      const { ETag }: PutObjectCommandOutput = await client.send(command, { abortSignal: signal });
      return ETag;
    },

    list: async (Prefix, ContinuationToken, { signal }) => {
      const { ListObjectsV2Command } = await sdk();
      const command = new ListObjectsV2Command({ Bucket, Prefix, ContinuationToken });
      const page: ListObjectsV2CommandOutput = await client.send(command, { abortSignal: signal });
      const objects = (page.Contents ?? []).map(({ Key = '', LastModified, Size = 0 }) => ({
        key: Key,
        size: Size,
        modified: LastModified?.getTime() ?? 0,
      }));
      return { objects, next: page.NextContinuationToken };
    },

    delete: async (keys, { signal }) => {
      const { DeleteObjectsCommand } = await sdk();
      for (const some of batchesOf(keys, () => 0, { items: deletedAtOnce, bytes: 1 })) {
        const command = new DeleteObjectsCommand({
          Bucket,
          Delete: { Quiet: true, Objects: some.map((Key) => ({ Key })) },
        });
        const { Errors: [failed] = [] }: DeleteObjectsCommandOutput = await client.send(command, {
          abortSignal: signal,
        });
        if (failed !== undefined) throw new Error(`${failed.Key}: ${failed.Message ?? failed.Code}`);
      }
    },
  };
};
