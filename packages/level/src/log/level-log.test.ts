import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { noHeaders, toUtf8 } from '@kstreams/core/graph';
import { embedded } from '@kstreams/embedded';
import { logStorageChecks, transportChecks } from '@kstreams/testing';
import { Level } from 'level';
import { levelLog } from './level-log.js';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-log-'));
  folders.push(folder);
  return folder;
};
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

const t = { topic: 't', partition: 0 };

test.each(logStorageChecks())('level storage $name', async ({ run }) => run(levelLog(await newFolder())));

test.each(transportChecks)('on level, $name', async ({ run }) => {
  const folder = await newFolder();
  await run(async () => embedded({ storage: levelLog(folder), memory: 10_000 }));
});

test('records, offsets and topics survive a reopening, with nulls and repeated headers', async () => {
  const storage = levelLog(join(await newFolder(), 'shop', 'log'), { sync: true });
  const first = embedded({ storage });
  await (await first.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  const producer = await first.producer({ clientId: 'p' });
  const repeated = [['n', toUtf8('1')] as const, ['n', toUtf8('2')] as const];
  for (const timestamp of [0, 1, 2]) {
    producer.send({ ...t, key: null, value: toUtf8('v'), timestamp, headers: timestamp === 0 ? repeated : noHeaders });
  }
  await producer.flush();
  const member = await first.consumer({ clientId: 'c', group: 'g' });
  member.assign([{ ...t, offset: 0 }]);
  await member.commit([{ ...t, offset: 2, metadata: 'note' }]);
  const [described] = (await (await first.admin()).topics()).values();
  await first.close();

  const again = embedded({ storage });
  const reader = await again.consumer({ clientId: 'c', group: 'g' });
  expect(await reader.committed([t])).toEqual([{ ...t, offset: 2, metadata: 'note' }]);
  reader.assign([{ ...t, offset: 0 }]);
  const records = await reader.poll(10, 0);
  expect(records.map(({ offset, key, timestamp }) => [offset, key, timestamp])).toEqual([
    [0, null, 0],
    [1, null, 1],
    [2, null, 2],
  ]);
  expect(records[0]?.headers).toEqual(repeated);
  expect(reader.caughtUp(t)).toBe(true);
  expect([...(await (await again.admin()).topics()).values()]).toEqual([described]);
  await again.close();
});

test('a recreated topic in a recreated log has another id', async () => {
  const ids: (string | undefined)[] = [];
  const folder = await newFolder();
  for (let round = 0; round < 2; round++) {
    const log = embedded({ storage: levelLog(folder) });
    const admin = await log.admin();
    await admin.create([{ name: 't', partitions: 1, config: {} }]);
    ids.push((await admin.topics()).get('t')?.id);
    await log.close();
    await rm(folder, { recursive: true });
  }
  expect(ids[0]).not.toBe(ids[1]);
});

test('opening a folder twice names the problem and a remedy', async () => {
  const folder = await newFolder();
  const first = embedded({ storage: levelLog(folder) });
  await first.admin();
  await expect(embedded({ storage: levelLog(folder) }).admin()).rejects.toThrow(
    `the embedded log in ${folder} cannot be opened: another process has it open; stop that process`,
  );
  await first.close();
});

test('a folder that cannot be opened is named', async () => {
  const file = join(await newFolder(), 'file');
  await writeFile(file, '');
  await expect(embedded({ storage: levelLog(file) }).admin()).rejects.toThrow(
    /the embedded log in .*file cannot be opened: .*; check its disk and permissions/,
  );
});

test('a database of another application is refused, left as it is, and released', async () => {
  const folder = await newFolder();
  const foreign = new Level(folder);
  await foreign.put('theirs', '1');
  await foreign.close();
  await expect(embedded({ storage: levelLog(folder) }).admin()).rejects.toThrow(
    'the storage holds no embedded log of this version: name another folder, or remove it',
  );
  await foreign.open();
  expect(await foreign.get('theirs')).toBe('1');
  await foreign.close();
});
