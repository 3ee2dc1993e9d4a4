import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bucket, fromUtf8, toUtf8 } from '@kstreams/core/graph';
import { bucketFaultChecks } from '@kstreams/test-support/bucket-faults';
import { type FaultyProxy, faultyProxy } from '@kstreams/test-support/faulty-proxy';
import { override } from '@kstreams/test-support/override';
import { describeWith } from '@kstreams/test-support/services';
import { bucketChecks } from '@kstreams/testing';
import { bucketOf } from './bucket.js';
import { s3 } from './s3.js';
import { signedRequests } from './signed-requests.js';

const states = `states-${crypto.randomUUID()}`;
const region = 'us-east-1';
const page = 20;

/** A server, and the credentials for it. */
interface Server {
  readonly endpoint: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
}

type Open = (server: Server, bucket: string) => Bucket;

const serverOf = (address: string): Server => {
  const { origin: endpoint, password: secretAccessKey, username: accessKeyId } = new URL(address);
  return { endpoint, credentials: { accessKeyId, secretAccessKey } };
};

const clients: S3Client[] = [];

/** Returns a client of the SDK, which makes each request once. */
const clientOf = (server: Server): S3Client => {
  const client = new S3Client({ ...server, region, forcePathStyle: true, maxAttempts: 1 });
  clients.push(client);
  return client;
};

/** Returns a client with few objects on a page of a list. */
const withShortPages = (client: S3Client): S3Client =>
  override(client, {
    send: ((command: object, ...rest: []) => {
      if (command instanceof ListObjectsV2Command) command.input.MaxKeys = page;
      return client.send(command as ListObjectsV2Command, ...rest);
    }) as never,
  });

/** The two forms of a bucket; `paged` has few objects on a page of a list. */
const forms: readonly (readonly [name: string, open: Open, paged: Open])[] = [
  [
    'a client of the SDK',
    (server, bucket) => s3({ client: clientOf(server), bucket }),
    (server, bucket) => s3({ client: withShortPages(clientOf(server)), bucket }),
  ],
  [
    'signed requests',
    (server, bucket) => s3({ ...server, region, bucket }),
    (server, bucket) => bucketOf(signedRequests({ ...server, region, bucket, page }), bucket),
  ],
];

describeWith('s3', 'a bucket of S3', (address) => {
  beforeAll(async () => {
    await clientOf(serverOf(address)).send(new CreateBucketCommand({ Bucket: states }));
  });
  afterAll(() => {
    for (const client of clients.splice(0)) client.destroy();
  });

  describe.each(forms)('with %s', (_, open, paged) => {
    test.each(bucketChecks({ page }))('$name', ({ run }) => run(paged(serverOf(address), states)));

    test('returns no bytes of a range beyond the end', async () => {
      const bucket = open(serverOf(address), states);
      await bucket.put('short', toUtf8('abc'));
      expect(await bucket.get('short', { range: { offset: 10, length: 5 } })).toHaveLength(0);
      expect(await bucket.get('short', { range: { offset: 0, length: 0 } })).toHaveLength(0);
      await bucket.delete(['short']);
    });

    test.each([
      ['a bucket that does not exist', 'missing-bucket', undefined, /: create the bucket, or correct its name$/],
      ['wrong credentials', states, 'wrong-secret', /: check the credentials$/],
    ])('refuses %s, and says what to do', async (_, name, secretAccessKey, error) => {
      const { credentials, endpoint } = serverOf(address);
      const given = { ...credentials, ...(secretAccessKey !== undefined && { secretAccessKey }) };
      const refused = open({ endpoint, credentials: given }, name);
      await expect(refused.get('a')).rejects.toThrow(error);
      await expect(refused.put('a', toUtf8('x'), { ifAbsent: true })).rejects.toThrow(error);
      await expect(refused.list('a')[Symbol.asyncIterator]().next()).rejects.toThrow(error);
      await expect(refused.delete(['a'])).rejects.toThrow(error);
    });

    describe('behind a server that fails', () => {
      let proxy: FaultyProxy;
      let bucket: Bucket;
      beforeAll(async () => {
        proxy = await faultyProxy(address);
        bucket = open({ ...serverOf(address), endpoint: proxy.url }, states);
      });
      afterAll(() => proxy.close());

      test.each(bucketFaultChecks({ cutResponses: 'are rejected' }))('$name', ({ run }) => run(bucket, proxy));

      test.each([
        ['409 ConditionalRequestConflict', 409],
        ['409 OperationAborted', 409],
        ['404 NoSuchKey', 404],
      ])('decides a write of a new object that the server left open with %s', async (answer, status) => {
        const fault = { status, body: `<Error><Code>${answer.split(' ')[1]}</Code></Error>` };
        const put = (key: string) => bucket.put(key, toUtf8('mine'), { ifAbsent: true });
        let puts = 0;
        proxy.fault = ({ method }) => (method === 'PUT' && puts++ === 0 ? fault : undefined);
        expect(await put('undecided-1')).toBe(true);
        expect(fromUtf8((await bucket.get('undecided-1')) as Uint8Array)).toBe('mine');
        puts = 0;
        expect(await put('undecided-1')).toBe(false);
        expect(puts).toBe(1);
        proxy.fault = ({ method }) => (method === 'PUT' ? fault : undefined);
        await expect(put('undecided-2')).rejects.toThrow();
        proxy.fault = undefined;
        expect(await put('undecided-2')).toBe(true);
        await bucket.delete(['undecided-1', 'undecided-2']);
      });
    });
  });

  test('a function of credentials is called for each request', async () => {
    const { credentials, endpoint } = serverOf(address);
    let calls = 0;
    const refreshed = async () => (++calls === 1 ? { ...credentials, secretAccessKey: 'expired' } : credentials);
    const bucket = s3({ endpoint, region, bucket: states, credentials: refreshed });
    await expect(bucket.put('a', toUtf8('x'))).rejects.toThrow();
    expect(await bucket.put('a', toUtf8('x'))).toBe(true);
    await bucket.delete(['a']);
    expect(calls).toBe(3);
  });
});

test.each([
  [{}, /option "bucket" of s3 is missing/],
  [{ bucket: 'a', client: {} }, /option "client" of s3 is an object with no members: use an S3Client/],
  [{ bucket: 'a', region }, /option "credentials" of s3 is missing: use \{ accessKeyId, secretAccessKey \}/],
  [{ bucket: 'a', region, credentials: { accessKeyId: 'a' } }, /option "credentials" of s3/],
  [{ bucket: 'a', region, credentials: async () => ({}), endpoint: 'localhost' }, /option "endpoint" of s3/],
  [{ bucket: 'a', client: { send: () => {} }, region }, /s3 has no option "region"/],
])('refuses the options %j', (options, error) => {
  expect(() => s3(options as never)).toThrow(error);
});
