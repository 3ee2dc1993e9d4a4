import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { embedded, json, memory, start, streams, string, type Transport, topic } from 'kstreams';
import { type Outgoing, toUtf8 } from 'kstreams/authors';

const newFolder = temporaryFolders();
const exactly = { guarantee: 'exactly-once', commitInterval: 0, logger: quiet } as const;
const changelog = 'collecting-all-changelog';

const newLog = async (): Promise<{ log: ReturnType<typeof embedded>; collecting: CollectingApp }> => {
  const log = embedded();
  return { log, collecting: await new CollectingApp(log, 'collecting').prepare() };
};

/** Runs until the state holds `count` numbers. Returns the number of restored records. */
const runUntil = async (collecting: CollectingApp, log: Transport, folder: string, count: number): Promise<number> => {
  const app = await start(collecting.app, { ...exactly, transport: log, folder, state: level({ onDamage: () => {} }) });
  await app.running();
  const rows = await collecting.rows([app], count);
  expect([...rows.values()].flat().sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
  await app.close();
  return app.counts.restored;
};

const write = async (log: Transport, records: readonly Pick<Outgoing, 'key' | 'value'>[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (const { key, value } of records) {
    producer.send({ topic: changelog, partition: 0, key, value, timestamp: 0, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

const int32 = (value: number): Uint8Array => new Uint8Array([0, 0, 0, value]);

test('a restart with its state restores nothing', async () => {
  const { collecting, log } = await newLog();
  const folder = await newFolder();
  await collecting.send(0, 30);
  expect(await runUntil(collecting, log, folder, 30)).toBe(0);
  await collecting.send(30, 60);
  expect(await runUntil(collecting, log, folder, 60)).toBe(0);
  expect(await runUntil(collecting, log, folder, 60)).toBe(0);
  await log.close();
});

test('lost state is restored from a changelog with transaction markers, compacted or not', async () => {
  const { collecting, log } = await newLog();
  await collecting.send(0, 30);
  await runUntil(collecting, log, await newFolder(), 30);
  await collecting.send(30, 60);
  await runUntil(collecting, log, await newFolder(), 60);
  expect(await runUntil(collecting, log, await newFolder(), 60)).toBeGreaterThanOrEqual(3);
  await log.clean();
  expect(await runUntil(collecting, log, await newFolder(), 60)).toBeGreaterThanOrEqual(3);
  await log.close();
});

test('tombstones and later rows are applied in order', async () => {
  const { collecting, log } = await newLog();
  await collecting.send(0, 9);
  await runUntil(collecting, log, await newFolder(), 9);
  await write(log, [
    { key: int32(0), value: null },
    { key: int32(1), value: null },
    { key: int32(1), value: toUtf8('[1,4,7]') },
    { key: int32(0), value: toUtf8('[0,3,6]') },
    { key: int32(9), value: toUtf8('[1000]') },
    { key: int32(9), value: null },
  ]);
  await runUntil(collecting, log, await newFolder(), 9);
  await log.close();
});

test('an empty changelog restores at once', async () => {
  const { collecting, log } = await newLog();
  expect(await runUntil(collecting, log, await newFolder(), 0)).toBe(0);
  await log.close();
});

test('two tables of one compacted topic are restored, each with its rows', async () => {
  const log = embedded();
  const prices = topic('prices', { key: string, value: json<number>() });
  await (await log.admin()).create([{ name: 'prices', partitions: 1, config: { 'cleanup.policy': 'compact' } }]);
  const app = streams('shop');
  app.table(prices, { name: 'now' });
  app.table(prices, { name: 'then', history: '1h' });
  const producer = await log.producer({ clientId: 'test' });
  const value = toUtf8('3');
  producer.send({ topic: 'prices', partition: 0, key: toUtf8('tea'), value, timestamp: 0, headers: [] });
  await producer.flush();
  const run = async (): Promise<number> => {
    const running = await start(app, { ...exactly, transport: log, state: memory() });
    await running.running();
    await awaitCommitted(log, running, { topic: 'prices', partition: 0 }, 1);
    await running.close();
    return running.counts.restored;
  };
  expect([await run(), await run()]).toEqual([0, 2]);
  await log.close();
});

test('a store of another log is rebuilt; one with a changelog that was deleted beside its offsets is refused', async () => {
  const folder = await newFolder();
  const { collecting, log } = await newLog();
  await collecting.send(0, 30);
  await runUntil(collecting, log, folder, 30);
  await log.close();

  const other = await newLog();
  await other.collecting.send(0, 6);
  await runUntil(other.collecting, other.log, folder, 6);

  const admin = await other.log.admin();
  await admin.delete([changelog]);
  await admin.create([{ name: changelog, partitions: 1, config: { 'cleanup.policy': 'compact' } }]);
  const refused = await start(other.collecting.app, { ...exactly, transport: other.log, folder, state: level() });
  await expect(refused.closed).rejects.toThrow(
    `changelog "${changelog}" was deleted, and with it the rows of store "all"`,
  );
  await other.log.close();
});

test('state with damaged files is set aside and restored', async () => {
  const { collecting, log } = await newLog();
  const folder = await newFolder();
  await collecting.send(0, 30);
  await runUntil(collecting, log, folder, 30);
  await writeFile(join(folder, 'state', '0', 'rows', 'CURRENT'), 'not a manifest');
  expect(await runUntil(collecting, log, folder, 30)).toBeGreaterThanOrEqual(3);
  await log.close();
});
