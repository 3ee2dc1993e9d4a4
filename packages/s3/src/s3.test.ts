import { CreateBucketCommand, ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import {
  type Bucket,
  fromUtf8,
  type LostRows,
  positionWrite,
  rangeOf,
  storePrefix,
  toUtf8,
} from '@kstreams/core/graph';
import { snapshots } from '@kstreams/snapshots';
import { memory } from '@kstreams/stores';
import { override } from '@kstreams/test-support/override';
import { describeWith } from '@kstreams/test-support/services';
import { bucketChecks } from '@kstreams/testing';
import { s3 } from './s3.js';

const bucket = `states-${crypto.randomUUID()}`;

/** Returns a client of the server at a url with credentials. */
const clientOf = (address: string, secret?: string): S3Client => {
  const { origin, password, username } = new URL(address);
  return new S3Client({
    endpoint: origin,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: username, secretAccessKey: secret ?? password },
  });
};

const page = 20;

/** Returns a client with few objects on a page of a list. */
const withShortPages = (client: S3Client): S3Client =>
  override(client, {
    send: ((command: object, ...rest: []) => {
      if (command instanceof ListObjectsV2Command) command.input.MaxKeys = page;
      return client.send(command as ListObjectsV2Command, ...rest);
    }) as never,
  });

describeWith('s3', 'a bucket of S3', (address) => {
  let client: S3Client;
  let states: Bucket;

  beforeAll(async () => {
    client = clientOf(address);
    states = s3({ client, bucket });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
  });

  afterAll(() => client.destroy());

  test.each(bucketChecks({ page }))('$name', ({ run }) => run(s3({ client: withShortPages(client), bucket })));

  test('returns no bytes of a range beyond the end', async () => {
    await states.put('short', toUtf8('abc'));
    expect(await states.get('short', { range: { offset: 10, length: 5 } })).toHaveLength(0);
    expect(await states.get('short', { range: { offset: 0, length: 0 } })).toHaveLength(0);
    await states.delete(['short']);
  });

  test.each([
    ['a bucket that does not exist', 'missing-bucket', undefined, /: create the bucket, or correct its name$/],
    ['wrong credentials', bucket, 'wrong-secret', /: check the credentials of the client$/],
  ])('refuses %s, and says what to do', async (_, name, secret, error) => {
    const other = clientOf(address, secret);
    const refused = s3({ client: other, bucket: name });
    await expect(refused.get('a')).rejects.toThrow(error);
    await expect(refused.put('a', toUtf8('x'), { ifAbsent: true })).rejects.toThrow(error);
    await expect(refused.list('a')[Symbol.asyncIterator]().next()).rejects.toThrow(error);
    await expect(refused.delete(['a'])).rejects.toThrow(error);
    other.destroy();
  });

  test('has snapshots of two processes at one position, of which one lost the responses of its writes', async () => {
    const lossy = override(states, {
      put: async (...args: Parameters<Bucket['put']>) => {
        await states.put(...args);
        throw new Error('socket hang up');
      },
    });
    let calls = 0;
    const every = override(states, {
      put: (...args: Parameters<Bucket['put']>) => (calls++ % 2 === 0 ? lossy : states).put(...args),
    });
    const rows = Array.from({ length: 2_000 }, (_, i) => [`rows/0/${i}`, `value ${i}`] as const);
    const position = positionWrite('rows', 0, { offset: 2_000, topicId: 'topic', time: 1, marked: false });
    const failures: string[] = [];
    const onFailure = ({ message }: Error): void => void failures.push(message);
    const open = (one: Bucket) => snapshots(memory(), one, { prefix: 'app', onFailure }).open('');
    for (const one of [every, states, every]) {
      const store = await open(one);
      await store.commit([...rows.map(([key, value]) => [toUtf8(key), toUtf8(value)] as const), position]);
      await store.close();
    }
    const store = await open(states);
    const { signal } = new AbortController();
    const lost: LostRows = { store: 'rows', partition: 0, topicId: 'topic', accepts: () => true, signal };
    await store.recover?.(lost);
    const found: string[] = [];
    for await (const [key, value] of store.scan(...rangeOf(storePrefix('rows', 0)))) {
      found.push(`${fromUtf8(key)}=${fromUtf8(value)}`);
    }
    expect(found.sort()).toEqual(rows.map((row) => row.join('=')).sort());
    expect(failures).toEqual([]);
    const keys: string[] = [];
    for await (const { key } of states.list('app/rows/0/topic/manifest/')) keys.push(key);
    expect(keys).toEqual(['app/rows/0/topic/manifest/0000000000002000']);
    await store.close();
  });
});
