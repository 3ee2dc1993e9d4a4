import { describe, expect, test } from '@jest/globals';
import { type Bytes, type Producer, type TopicPartition, toUtf8 } from '@kstreams/core/graph';
import { override } from '@kstreams/test-support/override';
import { TestClock } from '@kstreams/testing';
import { keptStorage } from '../../test/kept-storage.js';
import { outgoing, readAll, t } from '../../test/records.js';
import { type EmbeddedTransport, embedded, memoryLog } from '../index.js';
import { topicRange } from './layout.js';

const day = 86_400_000;

/** Returns a log with one partition and a producer; every `put` writes a separate row. */
const prepare = async (config: Readonly<Record<string, string>>, clock = new TestClock(1_000_000)) => {
  const log = embedded({ clock });
  await (await log.admin()).create([{ name: 't', partitions: 1, config }]);
  const producer = await log.producer({ clientId: 'p' });
  return { clock, log, producer };
};

const put = async (producer: Producer, key: string, value: string | null, timestamp = 1_000_000): Promise<void> => {
  producer.send({ ...outgoing('', { key, timestamp }), value: value === null ? null : toUtf8(value) });
  await producer.flush();
};

const contents = async (log: EmbeddedTransport, isolation: 'committed' | 'latest' = 'committed'): Promise<string[]> => {
  const reader = await log.consumer({ clientId: 'r', isolation });
  reader.assign([{ ...t(), offset: 0 }]);
  const found = await readAll(reader);
  const [end] = await reader.offsets([t()], 'latest');
  expect(reader.position(t())).toBe(end);
  return found;
};

test('retention.ms deletes from the oldest record on; offsets and the end of the log stay', async () => {
  const { clock, log, producer } = await prepare({ 'retention.ms': '1000' });
  const begun = clock.now();
  for (const [value, age] of [
    ['a', 0],
    ['b', 600],
    ['c', 300],
  ] as const) {
    await put(producer, 'k', value, begun + age);
  }
  clock.advance(1_000);
  await log.clean();
  expect(await contents(log)).toEqual(['0:a', '1:b', '2:c']);
  clock.advance(500);
  await log.clean();
  expect(await contents(log)).toEqual(['1:b', '2:c']);
  clock.advance(101);
  await log.clean();
  expect(await contents(log)).toEqual([]);
  await put(producer, 'k', 'd', clock.now());
  expect(await contents(log)).toEqual(['3:d']);
});

test('retention.bytes deletes the oldest rows and leaves no less than the limit', async () => {
  const { log, producer } = await prepare({ 'retention.bytes': '5000' });
  for (let i = 0; i < 5; i++) await put(producer, 'k', String(i).repeat(1_600));
  await log.clean();
  expect((await contents(log)).map((one) => one.slice(0, 3))).toEqual(['1:1', '2:2', '3:3', '4:4']);
  await put(producer, 'k', 'x'.repeat(3_000));
  await log.clean();
  expect((await contents(log)).map((one) => one.slice(0, 3))).toEqual(['3:3', '4:4', '5:x']);
});

test('records are kept without a limit', async () => {
  const { clock, log, producer } = await prepare({});
  await put(producer, 'k', 'old', 1);
  clock.advance(1_000 * day);
  await log.clean();
  expect(await contents(log)).toEqual(['0:old']);
});

test('compaction keeps the last record of every key at its offset, and the end of the log', async () => {
  const { log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  for (const [key, value] of [
    ['a', '1'],
    ['b', '1'],
    ['a', '2'],
    ['c', '1'],
    ['a', '3'],
  ] as const) {
    await put(producer, key, value);
  }
  await log.clean();
  expect(await contents(log)).toEqual(['1:1', '3:1', '4:3']);
  await put(producer, 'c', '2');
  await put(producer, 'b', null);
  await log.clean();
  expect(await contents(log)).toEqual(['4:3', '5:2', '6:null']);
});

test('compaction rewrites rows with many records', async () => {
  const { log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  for (let i = 0; i < 5_000; i++) producer.send(outgoing(String(i), { key: String(i % 7) }));
  await producer.flush();
  await log.clean();
  expect(await contents(log)).toEqual(Array.from({ length: 7 }, (_, i) => `${4_993 + i}:${4_993 + i}`));
});

test('a tombstone replaces its key at once, and is dropped delete.retention.ms after its first compaction', async () => {
  const { clock, log, producer } = await prepare({ 'cleanup.policy': 'compact', 'delete.retention.ms': '1000' });
  await put(producer, 'a', '1');
  await put(producer, 'a', null);
  await put(producer, 'b', '1');
  clock.advance(10_000);
  await log.clean();
  expect(await contents(log)).toEqual(['1:null', '2:1']);
  clock.advance(999);
  await log.clean();
  expect(await contents(log)).toEqual(['1:null', '2:1']);
  clock.advance(1);
  await log.clean();
  expect(await contents(log)).toEqual(['2:1']);
});

test('compaction leaves records younger than min.compaction.lag.ms', async () => {
  const { clock, log, producer } = await prepare({ 'cleanup.policy': 'compact', 'min.compaction.lag.ms': '1000' });
  await put(producer, 'a', '1', clock.now());
  await put(producer, 'a', '2', clock.now());
  clock.advance(500);
  await put(producer, 'a', '3', clock.now());
  clock.advance(499);
  await log.clean();
  expect(await contents(log)).toHaveLength(3);
  clock.advance(1);
  await log.clean();
  expect(await contents(log)).toEqual(['1:2', '2:3']);
});

test('with both policies a topic is compacted, and old records are deleted', async () => {
  const { clock, log, producer } = await prepare({ 'cleanup.policy': 'compact,delete', 'retention.ms': '1000' });
  await put(producer, 'a', '1', clock.now());
  clock.advance(800);
  for (const value of ['1', '2']) await put(producer, 'b', value, clock.now());
  await log.clean();
  expect(await contents(log)).toEqual(['0:1', '2:2']);
  clock.advance(800);
  await log.clean();
  expect(await contents(log)).toEqual(['2:2']);
});

test('records behind an open transaction are not cleaned; aborted records are removed', async () => {
  const { clock, log, producer } = await prepare({ 'cleanup.policy': 'compact,delete', 'retention.ms': '5000' });
  const transactional = await log.producer({ clientId: 'x', transactionalId: 'x', transactionTimeout: day });
  await put(producer, 'a', '0', clock.now());
  transactional.begin();
  transactional.send(outgoing('1', { key: 'a', timestamp: clock.now() }));
  await transactional.flush();
  await put(producer, 'a', '2', clock.now());
  await log.clean();
  expect(await contents(log, 'latest')).toEqual(['0:0', '1:1', '2:2']);
  clock.advance(5_001);
  await log.clean();
  expect(await contents(log, 'latest')).toEqual(['1:1', '2:2']);
  await transactional.abort();
  expect(await contents(log, 'latest')).toEqual(['1:1', '2:2']);
  expect(await contents(log)).toEqual(['2:2']);
  await put(producer, 'b', '3', clock.now());
  await log.clean();
  expect(await contents(log, 'latest')).toEqual(['4:3']);
});

test('a committed transaction replaces older records, and an aborted one does not', async () => {
  const { log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  const transactional = await log.producer({ clientId: 'x', transactionalId: 'x' });
  for (const key of ['a', 'b']) await put(producer, key, 'before');
  for (const [key, end] of [
    ['a', 'abort'],
    ['b', 'commit'],
  ] as const) {
    transactional.begin();
    transactional.send(outgoing('in', { key }));
    await transactional[end]();
  }
  await log.clean();
  expect(await contents(log, 'latest')).toEqual(['0:before', '4:in']);
});

test('use of the log starts background cleaning once the interval has passed', async () => {
  const { clock, log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  for (const value of ['1', '2', '3', '4']) await put(producer, 'a', value);
  const reader = await log.consumer({ clientId: 'r' });
  await reader.poll(1, 0);
  expect(await contents(log)).toHaveLength(4);
  clock.advance(15_000);
  await reader.poll(1, 0);
  await (await log.admin()).purge([{ ...t(), offset: 0 }]);
  expect(await contents(log)).toEqual(['3:4']);
});

test('a reader in the middle of a compacted log misses no last value', async () => {
  const { log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  for (let i = 0; i < 100; i++) await put(producer, String(i % 10), String(i));
  const reader = await log.consumer({ clientId: 'r' });
  reader.assign([{ ...t(), offset: 0 }]);
  const early = (await reader.poll(50, 0)).length;
  await reader.seek({ ...t(), offset: early });
  await log.clean();
  expect(await readAll(reader)).toEqual(Array.from({ length: 10 }, (_, i) => `${90 + i}:${90 + i}`));
});

test('a compacted topic refuses records without a key, and invalid settings are refused by name', async () => {
  const { log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  producer.send(outgoing('x'));
  await expect(producer.flush()).rejects.toThrow('no record without a key (topic t, partition 0)');
  const admin = await log.admin();
  const create = (name: string, config: Record<string, string>, partitions = 1) =>
    admin.create([{ name, partitions, config }]);
  await expect(create('u', { 'cleanup.policy': 'shrink' })).rejects.toThrow('not "shrink"');
  await expect(create('u', { 'retention.ms': 'soon' })).rejects.toThrow('retention.ms is a whole number');
  await expect(create('u', { 'min.cleanable.dirty.ratio': '2' })).rejects.toThrow('from 0 to 1');
  await expect(create('a/b', {})).rejects.toThrow("cannot be a topic's name");
  await expect(create('u', {}, 0)).rejects.toThrow('needs one partition or more');
  expect([...(await admin.topics()).keys()]).toEqual(['t']);
});

describe('records that age by stream time', () => {
  const prepareAging = async (config: Readonly<Record<string, string>>) => {
    const clock = new TestClock(1_000_000_000);
    const log = embedded({ clock });
    await (await log.admin()).create([{ name: 't', partitions: 1, config, agesBy: 'stream-time' }]);
    return { clock, log, producer: await log.producer({ clientId: 'p' }) };
  };

  test('expire by the largest committed timestamp of their partition, not by the wall clock', async () => {
    const { clock, log, producer } = await prepareAging({ 'retention.ms': '1000' });
    await put(producer, 'k', 'a', 0);
    await put(producer, 'k', 'b', 900);
    clock.advance(day);
    await log.clean();
    expect(await contents(log)).toEqual(['0:a', '1:b']);
    const transactional = await log.producer({ clientId: 'p', transactionalId: 'x' });
    transactional.begin();
    transactional.send(outgoing('c', { timestamp: 1_500 }));
    await transactional.flush();
    await log.clean();
    await transactional.abort();
    await log.clean();
    expect(await contents(log)).toEqual(['0:a', '1:b']);
    transactional.begin();
    transactional.send(outgoing('d', { timestamp: 1_500 }));
    await transactional.flush();
    await transactional.commit();
    await log.clean();
    expect(await contents(log)).toEqual(['1:b', '4:d']);
  });

  test('are compacted when they are older than the lag by the same clock', async () => {
    const { clock, log, producer } = await prepareAging({
      'cleanup.policy': 'compact',
      'min.compaction.lag.ms': '1000',
    });
    await put(producer, 'k', 'a', 0);
    await put(producer, 'k', 'b', 100);
    clock.advance(day);
    await log.clean();
    expect(await contents(log)).toEqual(['0:a', '1:b']);
    await put(producer, 'k', 'c', 1_200);
    await log.clean();
    expect(await contents(log)).toEqual(['1:b', '2:c']);
  });
});

test('retention keeps records that a running group has not committed, and only those', async () => {
  const { clock, log, producer } = await prepare({ 'retention.ms': '1000' });
  const group = async () => {
    const member = await log.consumer({ clientId: 'm', group: 'g' });
    const none = async () => [];
    const assigned = async (partitions: readonly TopicPartition[]) =>
      Promise.all(
        partitions.map(async (one, i) => ({ ...one, offset: (await member.committed(partitions))[i]?.offset ?? 0 })),
      );
    await member.subscribe({ topics: ['t'], listener: { assigned, revoked: none, lost: none } });
    await member.poll(1, 0);
    member.resume([t()]);
    return member;
  };
  const member = await group();
  for (const value of ['a', 'b', 'c']) await put(producer, 'k', value, clock.now());
  clock.advance(2_000);
  await log.clean();
  expect(await contents(log)).toEqual(['0:a', '1:b', '2:c']);
  await member.poll(10, 0);
  await member.commit([{ ...t(), offset: 2 }]);
  await log.clean();
  expect(await contents(log)).toEqual(['2:c']);
  await member.close();
  await log.clean();
  expect(await contents(log)).toEqual([]);
});

test('a purge waits for the cleaning of no other partition', async () => {
  const storage = await memoryLog().open();
  let release = (): void => {};
  let reading = (): void => {};
  const begun = new Promise<void>((resolve) => {
    reading = resolve;
  });
  let held: Promise<void> | undefined;
  const log = embedded({
    clock: new TestClock(1_000_000),
    memory: 1_000_000,
    storage: {
      name: 'the test',
      open: async () =>
        override(storage, {
          read: async (from, to, limits) => {
            if (limits !== undefined && held !== undefined) {
              reading();
              await held;
            }
            return storage.read(from, to, limits);
          },
        }),
    },
  });
  const admin = await log.admin();
  await admin.create([
    { name: 'large', partitions: 1, config: { 'cleanup.policy': 'compact' } },
    { name: 't', partitions: 1, config: {} },
  ]);
  const producer = await log.producer({ clientId: 'p' });
  for (const topic of ['large', 't']) producer.send({ ...outgoing('v', { key: 'k' }), topic });
  await producer.flush();
  held = new Promise((resolve) => {
    release = resolve;
  });
  const cleaned = log.clean();
  await begun;
  await admin.purge([{ ...t(), offset: 1 }]);
  const reader = await log.consumer({ clientId: 'r' });
  expect(await reader.offsets([t()], 'earliest')).toEqual([1]);
  release();
  await cleaned;
});

test('damage in one partition does not keep the others from being cleaned', async () => {
  const storage = await keptStorage();
  const log = embedded({ clock: new TestClock(1_000_000), storage: { name: 'the test', open: async () => storage } });
  const names = ['a', 'b', 'c'];
  const compacted = { 'cleanup.policy': 'compact' };
  await (await log.admin()).create(names.map((name) => ({ name, partitions: 1, config: compacted })));
  const producer = await log.producer({ clientId: 'p' });
  for (const topic of names)
    for (const value of ['1', '2']) {
      producer.send({ ...outgoing(value, { key: 'k' }), topic });
      await producer.flush();
    }
  const [damaged] = await storage.read(...topicRange('record', 2));
  await storage.commit([[damaged?.[0] as Bytes, Uint8Array.of(1, 2, 3, 4, 5)]]);
  await expect(log.clean()).rejects.toThrow(
    'the embedded log in the test is damaged: records are not as they were written: restore a backup; or, to go on ' +
      'without them, commit offset 1 for the group or purge the partition up to it (topic b, partition 0, offset 0)',
  );
  for (const topic of ['a', 'c']) {
    const reader = await log.consumer({ clientId: 'r' });
    reader.assign([{ topic, partition: 0, offset: 0 }]);
    expect(await readAll(reader)).toEqual(['1:2']);
  }
});

test('a position beyond the end is refused with its place', async () => {
  const { log, producer } = await prepare({});
  await put(producer, 'k', 'v');
  const reader = await log.consumer({ clientId: 'r' });
  expect(() => reader.assign([{ ...t(), offset: 2 }])).toThrow(
    /beyond the end of the partition, offset 1: .*, or commit offset 1 .* \(topic t, partition 0, offset 2\)/,
  );
  reader.assign([{ ...t(), offset: 1 }]);
  await expect(reader.seek({ ...t(), offset: 5 })).rejects.toThrow('beyond the end');
});

test('cleaning lets other work run between its reads, also in memory', async () => {
  const { log, producer } = await prepare({ 'cleanup.policy': 'compact' });
  for (let i = 0; i < 10_000; i++) producer.send(outgoing('v'.repeat(200), { key: String(i) }));
  await producer.flush();
  let turns = 0;
  let working = true;
  const turn = (): void => {
    turns++;
    if (working) setImmediate(turn);
  };
  turn();
  await log.clean();
  working = false;
  // Each of both scans reads 2.5 MB, in pieces of 256 kB.
  expect(turns).toBeGreaterThan(15);
});
