import { Storage } from '@google-cloud/storage';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Bucket, toUtf8 } from '@kstreams/core/graph';
import { bucketFaultChecks } from '@kstreams/test-support/bucket-faults';
import { type FaultyProxy, faultyProxy } from '@kstreams/test-support/faulty-proxy';
import { override } from '@kstreams/test-support/override';
import { describeWith } from '@kstreams/test-support/services';
import { bucketChecks } from '@kstreams/testing';
import type { GcsBucket } from './client.js';
import { gcs } from './gcs.js';

const name = `states-${crypto.randomUUID()}`;
const page = 20;
const missing = /: create the bucket, or correct its name$/;

/** Returns a client of the server at a url, which makes each request once. */
const clientOf = (apiEndpoint: string): Storage =>
  new Storage({ apiEndpoint, projectId: 'test', useAuthWithCustomEndpoint: false, retryOptions: { autoRetry: false } });

/** Returns a bucket with few objects on a page of a list. */
const withShortPages = (bucket: GcsBucket): GcsBucket =>
  override(bucket, { getFiles: (query) => bucket.getFiles({ ...query, maxResults: page }) });

describeWith('gcs', 'a bucket of Google Cloud Storage', (address) => {
  let storage: Storage;
  let states: Bucket;

  beforeAll(async () => {
    storage = clientOf(address);
    await storage.createBucket(name);
    states = gcs({ bucket: storage.bucket(name) });
  });

  test.each(bucketChecks({ page }))('$name', ({ run }) => run(gcs({ bucket: withShortPages(storage.bucket(name)) })));

  test('returns no bytes of a range beyond the end', async () => {
    await states.put('short', toUtf8('abc'));
    expect(await states.get('short', { range: { offset: 10, length: 5 } })).toHaveLength(0);
    expect(await states.get('short', { range: { offset: 0, length: 0 } })).toHaveLength(0);
    await states.delete(['short']);
  });

  test('a write whose bytes changed on their way is refused', async () => {
    const bucket = storage.bucket(name);
    const other = Buffer.from('another');
    const changing: GcsBucket = override(bucket as GcsBucket, {
      file: (key) => {
        const file = bucket.file(key);
        return override(file as never, { save: (_: unknown, options: object) => file.save(other, options) } as never);
      },
    });
    await expect(gcs({ bucket: changing }).put('changed', toUtf8('one'), { ifAbsent: true })).rejects.toThrow();
    expect(await states.get('changed')).toBeUndefined();
  });

  test('refuses a bucket that does not exist, and says what to do', async () => {
    const refused = gcs({ bucket: storage.bucket('missing-bucket') });
    await expect(refused.put('a', toUtf8('x'), { ifAbsent: true })).rejects.toThrow(missing);
    await expect(refused.list('a')[Symbol.asyncIterator]().next()).rejects.toThrow(missing);
  });

  describe('behind a server that fails', () => {
    let proxy: FaultyProxy;
    beforeAll(async () => {
      proxy = await faultyProxy(address);
    });
    afterAll(() => proxy.close());

    test.each(bucketFaultChecks({ cutResponses: 'end with the signal' }))('$name', ({ run }) =>
      run(gcs({ bucket: clientOf(proxy.url).bucket(name) }), proxy),
    );
  });
});

test.each([
  [403, 'Forbidden', /: grant storage.objects.get, create, delete and list/],
  [401, 'Unauthorized', /: check the credentials of the client$/],
  [404, 'The specified bucket does not exist.', missing],
])('a request refused with %i %s says what to do', async (code, message, error) => {
  const refuse = () => Promise.reject(Object.assign(new Error(message), { code }));
  const file = () => ({ name: 'a', metadata: {}, save: refuse, download: refuse, getMetadata: refuse, delete: refuse });
  const refused = gcs({ bucket: { name: 'states', file, getFiles: refuse } });
  await expect(refused.get('a')).rejects.toThrow(error);
  await expect(refused.put('a', toUtf8('x'), { ifAbsent: true })).rejects.toThrow(error);
  await expect(refused.getVersion('a')).rejects.toThrow(error);
  await expect(refused.replace('a', toUtf8('x'), '1')).rejects.toThrow(error);
  await expect(refused.delete(['a'])).rejects.toThrow(error);
  await expect(refused.list('a')[Symbol.asyncIterator]().next()).rejects.toThrow(error);
});

test('a missing or unknown option is refused', () => {
  expect(() => gcs({} as never)).toThrow(/option "bucket" of gcs is missing: use a bucket of @google-cloud\/storage/);
  expect(() => gcs({ bucket: new Storage().bucket('a'), name: 'b' } as never)).toThrow(/has no option "name"/);
});
