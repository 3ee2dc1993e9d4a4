import { expect, test } from '@jest/globals';
import { type Bytes, type Outgoing, StreamsError, systemClock } from '@kstreams/core';
import { Random } from '@kstreams/simulation';
import { corruptBytes } from '@kstreams/test-support/corrupt-bytes';
import { memoryLog } from '../storage/memory-log.js';
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

test('a log with a damaged row is opened and read, or refused with an error of the library', async () => {
  const options = { clock: systemClock, memory: 0, timeouts: { poll: 1, session: 1 } };
  for (let seed = 1; seed <= 500; seed++) {
    const random = new Random(seed);
    const storage = await memoryLog().open();
    const log = await Log.open(storage, options);
    await log.topics.create({ name: 'words', partitions: 2, config: {} });
    const sender = { acknowledge: () => {} };
    for (let i = 0; i < 4; i++) log.topics.partition(place).append({ ...place, ...record(random) }, sender);
    await log.writer.flush();
    await log.commit('g', [{ ...place, offset: 1, metadata: 't1' }]);
    const [key, value] = random.pick(await storage.read(...allKeys));
    await storage.commit([[key, corruptBytes(random, value)]]);
    try {
      const again = await Log.open(storage, options);
      await again.topics.partition(place).read(0, 'latest');
      await again.committed('g', [place]);
    } catch (thrown) {
      if (!(thrown instanceof StreamsError)) throw new Error(`seed ${seed}: ${thrown}`, { cause: thrown });
    }
  }
});
