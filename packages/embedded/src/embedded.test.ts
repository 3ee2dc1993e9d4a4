import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from '@jest/globals';
import { noHeaders, type Transport, toUtf8 } from '@kstreams/core/graph';
import { embedded } from './index.js';

const folders: string[] = [];
const folder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'kstreams-log-'));
  folders.push(made);
  return made;
};
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true });
});

const prepare = async (log: Transport, partitions: number, records: number): Promise<void> => {
  const admin = await log.admin();
  await admin.create([{ name: 't', partitions, config: {} }]);
  const producer = await log.producer({ clientId: 'p' });
  for (let i = 0; i < records; i++) {
    const headers =
      i === 0
        ? ([
            ['n', toUtf8('1')],
            ['n', toUtf8('2')],
          ] as const)
        : noHeaders;
    producer.send({
      topic: 't',
      partition: i % partitions,
      key: null,
      value: toUtf8(String(i)),
      timestamp: i,
      headers,
    });
  }
  await producer.flush();
};

test('records, offsets and topics survive a reopening; nulls and doubled headers too', async () => {
  const where = await folder();
  const first = embedded({ folder: where });
  await prepare(first, 1, 3);
  const member = await first.consumer({ clientId: 'c', group: 'g' });
  member.assign([{ topic: 't', partition: 0, offset: 0 }]);
  await member.commit([{ topic: 't', partition: 0, offset: 2, metadata: 'note' }]);
  await first.close();

  const again = embedded({ folder: where });
  const reader = await again.consumer({ clientId: 'c', group: 'g' });
  expect(await reader.committed([{ topic: 't', partition: 0 }])).toEqual([
    { topic: 't', partition: 0, offset: 2, metadata: 'note' },
  ]);
  reader.assign([{ topic: 't', partition: 0, offset: 0 }]);
  const records = await reader.poll(10, 0);
  expect(records.map(({ offset, key, timestamp }) => [offset, key, timestamp])).toEqual([
    [0, null, 0],
    [1, null, 1],
    [2, null, 2],
  ]);
  expect(records[0]?.headers.map(([name]) => name)).toEqual(['n', 'n']);
  expect(reader.caughtUp({ topic: 't', partition: 0 })).toBe(true);
  await again.close();
});

test('a second opening of the same folder says so', async () => {
  const where = await folder();
  const first = embedded({ folder: where });
  await first.admin();
  await expect(embedded({ folder: where }).admin()).rejects.toThrow(/cannot be opened: another process has it open/);
  await first.close();
});

test('purged records are gone, the offsets stay', async () => {
  const log = embedded();
  await prepare(log, 1, 5);
  await (await log.admin()).purge([{ topic: 't', partition: 0, offset: 3 }]);
  const reader = await log.consumer({ clientId: 'c' });
  expect(await reader.offsets([{ topic: 't', partition: 0 }], 'earliest')).toEqual([3]);
  reader.assign([{ topic: 't', partition: 0, offset: 0 }]);
  expect((await reader.poll(10, 0)).map(({ offset }) => offset)).toEqual([3, 4]);
});
