import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, jest, test } from '@jest/globals';
import { noHeaders, toUtf8 } from '@kstreams/core/graph';
import { embedded } from '@kstreams/embedded';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { logStorageChecks, transportChecks } from '@kstreams/testing';
import { Level } from 'level';
import { levelLog } from './level-log.js';

const newFolder = temporaryFolders();
const t = { topic: 't', partition: 0 };

test.each(logStorageChecks())('level storage $name', async ({ run }) => run(levelLog(await newFolder())));

test.each(transportChecks)('on level, $name', async ({ run }) => {
  const folder = await newFolder();
  await run(async () => embedded({ storage: levelLog(folder), memory: 10_000 }));
});

/** A batch whose write fails. */
const failingBatch = (failure: Error): never =>
  ({ put: () => {}, del: () => {}, write: () => Promise.reject(failure) }) as never;

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

test('a topic that is created again has another id, also after the log was opened again', async () => {
  const folder = await newFolder();
  const ids = new Set<string | undefined>();
  for (let round = 0; round < 3; round++) {
    const log = embedded({ storage: levelLog(folder) });
    const admin = await log.admin();
    await admin.delete(['t']);
    await admin.create([{ name: 't', partitions: 1, config: {} }]);
    ids.add((await admin.topics()).get('t')?.id);
    await log.close();
  }
  expect(ids.size).toBe(3);
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
    `the embedded log in ${folder} cannot be opened: this process has it open already; share that log`,
  );
  await first.close();
});

test('a folder that cannot be opened is named', async () => {
  const file = join(await newFolder(), 'file');
  await writeFile(file, '');
  await expect(embedded({ storage: levelLog(file) }).admin()).rejects.toThrow(
    /the embedded log in .*file cannot be opened: .*ENOTDIR: not a directory/,
  );
});

test('a database of another application is refused, left as it is, and released', async () => {
  const folder = await newFolder();
  const foreign = new Level(folder);
  await foreign.put('theirs', '1');
  await foreign.close();
  await expect(embedded({ storage: levelLog(folder) }).admin()).rejects.toThrow(
    `${folder} holds no embedded log of this version: name another folder, or remove it to start again`,
  );
  expect(await readdir(folder)).not.toContain('closed.json');
  await foreign.open();
  expect(await foreign.get('theirs')).toBe('1');
  await foreign.close();
});

test('a failed write names the system error; the log is released at once, and opened again by the next call', async () => {
  const folder = await newFolder();
  const log = embedded({ storage: levelLog(folder) });
  await (await log.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  const producer = await log.producer({ clientId: 'p' });
  const consumer = await log.consumer({ clientId: 'c' });
  const record = { ...t, key: null, value: toUtf8('v'), timestamp: 1, headers: noHeaders };
  producer.send(record);
  await producer.flush();
  const waiting = consumer.poll(1, 60_000);
  const full = new Error('IO error: 000003.log: No space left on device');
  const batch = jest.spyOn(Level.prototype, 'batch').mockReturnValueOnce(failingBatch(full));
  producer.send(record);
  const refusal = `the embedded log in ${folder} cannot be written: .*No space left on device \\(ENOSPC\\): free some space`;
  await expect(producer.flush()).rejects.toThrow(new RegExp(refusal));
  batch.mockRestore();
  await expect(producer.flush()).rejects.toThrow('ENOSPC');
  await expect(waiting).rejects.toThrow('ENOSPC');
  await expect(consumer.poll(1, 0)).rejects.toThrow('ENOSPC');

  const next = await log.producer({ clientId: 'p' });
  next.send(record);
  await next.flush();
  const again = await log.consumer({ clientId: 'c' });
  again.assign([{ ...t, offset: 0 }]);
  expect((await again.poll(10, 0)).map(({ offset }) => offset)).toEqual([0, 1]);
  await log.close();
});

test('close releases a failed log, and rejects with the failure', async () => {
  const folder = await newFolder();
  const log = embedded({ storage: levelLog(folder) });
  await log.admin();
  const batch = jest.spyOn(Level.prototype, 'batch').mockReturnValue(failingBatch(new Error('IO error')));
  await expect((await log.admin()).create([{ name: 't', partitions: 1, config: {} }])).rejects.toThrow('IO error');
  await expect(log.close()).rejects.toThrow(`the embedded log in ${folder} cannot be written: IO error`);
  batch.mockRestore();
  const again = embedded({ storage: levelLog(folder) });
  expect((await (await again.admin()).topics()).size).toBe(0);
  await again.close();
});

test('a failed opening is tried again by the next call', async () => {
  const folder = await newFolder();
  const holder = embedded({ storage: levelLog(folder) });
  await holder.admin();
  const log = embedded({ storage: levelLog(folder) });
  await expect(log.admin()).rejects.toThrow('has it open');
  await log.close();
  await expect(log.admin()).rejects.toThrow('has it open');
  await holder.close();
  await log.admin();
  await log.close();
});
