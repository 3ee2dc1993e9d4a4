import { expect, test } from '@jest/globals';
import { type Bytes, type Outgoing, StreamsError, systemClock } from '@kstreams/core';
import { Random } from '@kstreams/simulation';
import { corruptBytes } from '@kstreams/test-support/corrupt-bytes';
import { keptStorage } from '../../test/kept-storage.js';
import { EmbeddedConsumer } from '../client/consumer.js';
import { EmbeddedProducer } from '../client/producer.js';
import type { LogStorage } from '../storage/log-storage.js';
import { allKeys, fromJson, toJson } from './layout.js';
import { Log } from './log.js';
import { BatchBuilder, readHead, readRecords } from './record-batch.js';

const place = { topic: 'words', partition: 0 };

/** Reads damaged bytes `times` times; each read returns or throws an error of the library. Returns the number of errors. */
const survives = (random: Random, times: number, whole: () => Bytes, read: (bytes: Bytes) => unknown): number => {
  let refused = 0;
  for (let i = 0; i < times; i++) {
    const bytes = corruptBytes(random, whole());
    try {
      read(bytes);
    } catch (thrown) {
      if (!(thrown instanceof StreamsError)) throw new Error(`${thrown} for ${bytes}`, { cause: thrown });
      refused++;
    }
  }
  return refused;
};

const bytesOf = (random: Random): Bytes => Uint8Array.from({ length: random.below(12) }, () => random.below(256));

const record = (random: Random): Omit<Outgoing, 'topic' | 'partition'> => ({
  timestamp: random.below(1_000),
  key: random.chance(0.2) ? null : bytesOf(random),
  value: random.chance(0.2) ? null : bytesOf(random),
  headers: random.chance(0.7) ? [] : [['trace', bytesOf(random)]],
});

const row = (random: Random): Bytes => {
  const builder = new BatchBuilder(random.below(1_000), random.below(3));
  for (let i = random.below(5); i >= 0; i--) builder.add(builder.first + i, record(random));
  return builder.build(random.below(2));
};

test('a damaged row is read or refused with an error of the library', () => {
  const random = new Random(1);
  const refused = survives(
    random,
    30_000,
    () => row(random),
    (bytes) => [readHead(bytes), readRecords(bytes, place)],
  );
  expect(refused).toBeGreaterThan(10_000);
  const stored = () => toJson({ group: 'g', topic: 'words', partition: 0, offset: random.below(99), metadata: 't1' });
  expect(survives(random, 15_000, stored, fromJson)).toBeGreaterThan(5_000);
});

test('an intact row is read', () => {
  const random = new Random(2);
  for (let i = 0; i < 1_000; i++) {
    const builder = new BatchBuilder(5, 0);
    const records = [record(random), record(random)];
    for (const [at, one] of records.entries()) builder.add(5 + at, one);
    expect(readRecords(builder.build(), place)).toEqual(
      records.map((one, at) => ({ ...one, ...place, offset: 5 + at })),
    );
  }
});

const options = { name: 'the test', clock: systemClock, memory: 0, timeouts: { poll: 1, session: 1 } };
const partitions = [
  { topic: 'words', partition: 0 },
  { topic: 'words', partition: 1 },
  { topic: 'compacted', partition: 0 },
];

/** Writes a log: plain, aborted and committed records, a purge, a compaction, offsets, and a deleted topic. */
const writeLog = async (random: Random, storage: LogStorage): Promise<void> => {
  const log = await Log.open(storage, options);
  await log.topics.create({ name: 'words', partitions: 2, config: {} });
  await log.topics.create({ name: 'compacted', partitions: 1, config: { 'cleanup.policy': 'compact' } });
  await log.topics.create({ name: 'deleted', partitions: 1, config: {} });
  for (const transactional of [false, true, true, false]) {
    const producer = new EmbeddedProducer(log, transactional ? await log.register('x', 10_000) : undefined);
    for (let i = 0; i < 6; i++) {
      if (transactional) producer.begin();
      for (const place of [...partitions, { topic: 'deleted', partition: 0 }]) {
        const key = Uint8Array.of(random.below(3));
        producer.send({ ...place, ...record(random), key });
      }
      await producer.flush();
      if (transactional) await (random.chance(0.5) ? producer.commit() : producer.abort());
    }
    if (random.chance(0.5)) await log.cleaner.clean();
  }
  await log.topics.delete('deleted');
  await log.cleaner.purge(log.topics.partition(place), random.below(12));
  await log.commit('g', [
    { ...place, offset: 13, metadata: 't1' },
    { topic: 'words', partition: 1, offset: random.below(12) },
  ]);
  await log.close();
};

/** Returns everything in a log as texts; the first damage ends the records of a partition, or the log. */
const contentsOf = async (storage: LogStorage): Promise<readonly string[]> => {
  let log: Log;
  try {
    log = await Log.open(storage, options);
  } catch (thrown) {
    return [noticed(thrown)];
  }
  const contents = [JSON.stringify(await log.committed('g', partitions))];
  for (const one of partitions) {
    const reader = new EmbeddedConsumer(log, { clientId: 'r' });
    try {
      const [start] = await reader.offsets([one], 'earliest');
      reader.assign([{ ...one, offset: start as number }]);
      while (!reader.caughtUp(one)) contents.push(...(await reader.poll(2, 0)).map((one) => JSON.stringify(one)));
    } catch (thrown) {
      contents.push(noticed(thrown));
    }
  }
  return contents;
};

/** Returns the word for noticed damage; throws unless the error is one of the library and says what and where. */
const noticed = (thrown: unknown): 'damage' => {
  if (
    thrown instanceof StreamsError &&
    /the embedded log in the test is damaged: .*restore a backup/.test(thrown.message)
  )
    return 'damage';
  throw thrown;
};

/** Changes, removes or renames one row. */
const damage = async (random: Random, storage: LogStorage): Promise<void> => {
  const [key, value] = random.pick(await storage.read(...allKeys));
  const kind = random.below(4);
  if (kind === 0) await storage.commit([[key, undefined]]);
  else if (kind === 1) {
    const renamed = corruptBytes(random, key);
    await storage.commit([
      [key, undefined],
      [renamed, value],
    ]);
  } else await storage.commit([[key, corruptBytes(random, value)]]);
};

test('a log with a damaged row is read whole, or up to an error that names the place', async () => {
  let found = 0;
  for (let seed = 1; seed <= 60; seed++) {
    const random = new Random(seed);
    const storage = await keptStorage();
    await writeLog(random, storage);
    const before = await contentsOf(storage);
    expect(before).not.toContain('damage');
    await damage(random, storage);
    const after = await contentsOf(storage);
    if (after.includes('damage')) found++;
    else expect([seed, after]).toEqual([seed, before]);
    // Records before the damage are read, and no others.
    expect(after.filter((one) => one !== 'damage' && !before.includes(one))).toEqual([]);
  }
  expect(found).toBeGreaterThan(40);
});
