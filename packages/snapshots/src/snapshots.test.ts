import { describe, expect, test } from '@jest/globals';
import { type Backend, MetricRegistry, positionWrite, StorageError, toUtf8 } from '@kstreams/core/graph';
import { level } from '@kstreams/level';
import { memory } from '@kstreams/stores';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { byteStoreChecks, slowStore } from '@kstreams/testing';
import { MemoryBucket } from '../test/memory-bucket.js';
import { snapshots } from './snapshots.js';

const newFolder = temporaryFolders();

describe.each([
  ['level', { durable: true, remote: false, fenced: false, damage: false }, level(), {}],
  ['level with a bound', { durable: true, remote: false, fenced: false, damage: false }, level(), { disk: 1_000 }],
  ['a slow backend', { durable: false, remote: true, fenced: false, damage: false }, slowStore(memory()), {}],
] as const)('snapshots of %s', (_, manifest, local, options) => {
  // With a bound, any read may wait once a snapshot has the row.
  const laws = byteStoreChecks(manifest).filter(
    ({ name }) => !('disk' in options) || name !== 'reads every key at once',
  );

  test.each(laws)('$name', async ({ run }) => {
    const folder = await newFolder();
    await run({ open: () => snapshots(local, new MemoryBucket(), options).open(folder) });
  });
});

const position = (offset: number) => positionWrite('rows', 0, { offset, topicId: 'topic', time: 1, marked: false });

/** Opens a store, commits a row of a store with a position, and closes it. */
const session = async (backend: Backend, offset: number, telemetry?: MetricRegistry): Promise<void> => {
  const store = await backend.open('', { telemetry });
  const lost = { store: 'rows', partition: 0, topicId: 'topic', accepts: () => true };
  await store.recover?.({ ...lost, signal: new AbortController().signal });
  await store.commit([[toUtf8('rows/0/a'), toUtf8(String(offset))], position(offset)]);
  await store.commit([[toUtf8('rows/-1/a'), toUtf8('global')]]);
  await store.commit([[toUtf8('unlogged/0/a'), toUtf8('x')]]);
  if (telemetry !== undefined) expect(valuesOf(telemetry)['kstreams.snapshot.pending']).toBe(102);
  await store.close();
};

const valuesOf = (telemetry: MetricRegistry): Record<string, unknown> =>
  Object.fromEntries(
    telemetry
      .collect()
      .map(({ attributes, instrument, value }) => [[instrument.name, ...Object.values(attributes)].join(' '), value]),
  );

test('keys have the prefix, and objects are those of stores with a changelog', async () => {
  const bucket = new MemoryBucket();
  await session(snapshots(memory(), bucket, { prefix: 'shop/a/' }), 1);
  expect([...bucket.objects.keys()].map((key) => key.replace(/1-.*/, '1-id')).sort()).toEqual([
    'shop/a/rows/0/topic/manifest/0000000000000001',
    'shop/a/rows/0/topic/segment/0000000000000001-id',
  ]);
});

test('metrics count snapshots, recoveries and bytes', async () => {
  const bucket = new MemoryBucket();
  const backend = snapshots(memory(), bucket);
  await session(backend, 1);
  const telemetry = new MetricRegistry();
  const store = await backend.open('', { telemetry });
  const lost = { store: 'rows', partition: 0, topicId: 'topic', accepts: () => true };
  await store.recover?.({ ...lost, signal: new AbortController().signal });
  await store.recover?.({ ...lost, topicId: 'other', signal: new AbortController().signal });
  expect(valuesOf(telemetry)).toMatchObject({
    'kstreams.snapshots full': 0,
    'kstreams.snapshot.recoveries loaded': 1,
    'kstreams.snapshot.recoveries none': 1,
    'kstreams.snapshot.failures': 0,
    'kstreams.snapshot.pending': 0,
    'kstreams.snapshot.age': 0,
  });
  await store.close();
  expect(telemetry.collect()).toEqual([]);
  await session(backend, 2, new MetricRegistry());
});

test('a recovery ends when its task moves, with the reason of the signal', async () => {
  const store = await snapshots(memory(), new MemoryBucket()).open('');
  const signal = AbortSignal.abort(new StorageError('moved'));
  const lost = { store: 'rows', partition: 0, topicId: 'topic', accepts: () => true, signal };
  await expect(store.recover?.(lost)).rejects.toThrow('moved');
  await store.close();
});

test('options are checked', () => {
  expect(() => snapshots(memory(), {} as never)).toThrow(
    /"bucket" of snapshots is .*: use a bucket, such as folder\(path\)/,
  );
  expect(() => snapshots(memory(), new MemoryBucket(), { every: 0 })).toThrow(
    /"every" of snapshots is 0: make it longer/,
  );
});
