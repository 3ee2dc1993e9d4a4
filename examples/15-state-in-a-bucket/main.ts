/**
 * State on a local disk with copies in a bucket: the disk is lost, and the next process goes on from the copies. Prints the
 * number of words, how many records were read to restore them, and how many without a copy.
 *
 *     node --import ./tools/run/register.js examples/15-state-in-a-bucket/main.ts
 *
 * With a bucket of S3 (`.ci/s3 stop` ends the server):
 *
 *     KSTREAMS_S3=$(.ci/s3 start) node --import ./tools/run/register.js examples/15-state-in-a-bucket/main.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { level } from '@kstreams/level';
import { s3 } from '@kstreams/s3';
import { folder, snapshots } from '@kstreams/snapshots';
import { type App, embedded, fromAsyncIterable, start, streams, string, topic } from 'kstreams';
import type { Backend, Bucket } from 'kstreams/authors';

const words = topic('words', { key: string, value: string });

const wordCount = () => {
  const app = streams('word-count');
  app
    .stream(words)
    .groupBy((word) => word, { key: string })
    .count({ name: 'counts' });
  return app;
};

/** Counts words on three disks, one after the other. Returns the count of a word, and the records read by two restores. */
export const countOnNewDisks = async (states: Bucket, folderOf: (name: string) => string, number = 3_000) => {
  const transport = embedded();
  await (await transport.admin()).create([{ name: words.name, partitions: 1, config: {} }]);
  const run = (state: Backend, disk: string): Promise<App> =>
    start(wordCount(), { transport, state, folder: folderOf(disk) });

  const copied = snapshots(level(), states, { prefix: 'word-count' });
  const first = await run(copied, 'disk-1');
  await fromAsyncIterable(some(number), words, { transport });
  await counted(first, number);
  await first.close();

  const second = await run(copied, 'disk-2');
  const count = await counted(second, number);
  const withCopy = second.counts.restored;
  await second.close();

  const third = await run(level(), 'disk-3');
  await counted(third, number);
  const withoutCopy = third.counts.restored;
  await third.close();
  await transport.close();
  return { count, withCopy, withoutCopy };
};

/** Resolves with the count of the word `word-1` once all words are counted. */
const counted = async (app: App, number: number): Promise<number> => {
  const view = app.view<string, number>('counts');
  for (;;) {
    let all = 0;
    for await (const [, { value }] of view.all()) all += value;
    if (all === number) return (await view.load('word-1')) ?? 0;
    await new Promise((resolve) => setImmediate(resolve));
  }
};

async function* some(number: number) {
  for (let i = 0; i < number; i++) yield { key: 'line', value: `word-${i % 500}` };
}

/** Returns a new bucket of the server at a url with credentials, or in a folder. */
const newBucket = async (address: string | undefined, path: string): Promise<Bucket> => {
  if (address === undefined) return folder(path);
  const { origin: endpoint, password: secretAccessKey, username: accessKeyId } = new URL(address);
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });
  const bucket = `word-count-${crypto.randomUUID()}`;
  await client.send(new CreateBucketCommand({ Bucket: bucket }));
  return s3({ client, bucket });
};

const [, started] = process.argv;
if (started !== undefined && pathToFileURL(started).href === import.meta.url) {
  const root = await mkdtemp(join(tmpdir(), 'kstreams-example-'));
  const bucket = await newBucket(process.env.KSTREAMS_S3, join(root, 'bucket'));
  console.log(await countOnNewDisks(bucket, (name) => join(root, name)));
  await rm(root, { recursive: true });
}
