import { expect, test } from '@jest/globals';
import { type Clock, type Producer, sliceLength, type Write } from '@kstreams/core/graph';
import { override } from '@kstreams/test-support/override';
import { TestClock } from '@kstreams/testing';
import fc from 'fast-check';
import { keptStorage } from '../test/kept-storage.js';
import { outgoing, t } from '../test/records.js';
import { embedded } from './index.js';

/** Returns a log in memory whose reads and writes take a number of ms, and the longest time without a turn of the event loop. */
const slowLog = async (cost: number) => {
  const time = new TestClock(0);
  let [last, longest] = [0, 0];
  const mark = (): void => {
    longest = Math.max(longest, time.monotonic() - last);
    last = time.monotonic();
  };
  const turn = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(() => {
        mark();
        resolve();
      });
    });
  const inner = await keptStorage();
  const storage = override(inner, {
    read: (...at) => {
      time.advance(cost);
      return inner.read(...at);
    },
    commit: (writes: readonly Write[]) => {
      time.advance(cost);
      return inner.commit(writes);
    },
  });
  const clock: Clock = override<Clock>(time, { turn });
  const log = embedded({ clock, memory: 0, storage: { name: 'memory', open: async () => storage } });
  await (await log.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  return {
    log,
    /** Takes time, as a caller does with the records of a poll. */
    work: (): void => time.advance(cost),
    longest: (): number => {
      mark();
      return longest;
    },
  };
};

/** Returns a log on real turns of the event loop, and the sizes of its commits. */
const quickLog = async () => {
  const inner = await keptStorage();
  const commits: number[] = [];
  const commit = (writes: readonly Write[]): Promise<void> => {
    commits.push(writes.reduce((sum, [key, row]) => sum + key.length + (row?.length ?? 0), 0));
    return inner.commit(writes);
  };
  const storage = { name: 'memory', open: async () => override(inner, { commit }) };
  const log = embedded({ clock: new TestClock(0), storage });
  await (await log.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  commits.length = 0;
  return { commits, producer: await log.producer({ clientId: 'p' }) };
};

/** A call of a client. */
const step = fc.constantFrom('flush', 'drain', 'poll');

const send = (producer: Producer, length = 1): void => producer.send(outgoing('v'.repeat(length)));

test('writers and readers that await only the log leave the event loop a turn at least every 10 ms', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 8 }),
      fc.oneof(
        fc.array(step, { minLength: 40, maxLength: 40 }),
        step.map((one) => Array.from({ length: 40 }, () => one)),
      ),
      async (cost, steps) => {
        const { log, longest, work } = await slowLog(cost);
        const producer = await log.producer({ clientId: 'p' });
        const consumer = await log.consumer({ clientId: 'c' });
        consumer.assign([{ ...t(), offset: 0 }]);
        for (let i = 0; i < 40; i++) {
          send(producer);
          await producer.flush();
        }
        for (const one of steps) {
          if (one !== 'poll') send(producer);
          if (one === 'flush') await producer.flush();
          else if (one === 'drain') await producer.drain(0);
          else await consumer.poll(1, 0).then(work);
        }
        expect(longest()).toBeLessThan(sliceLength + 2 * cost);
      },
    ),
    { numRuns: 30, seed: 1 },
  );
});

test('records that are sent in one turn of the event loop share a row, however often their sender awaits', async () => {
  const { commits, producer } = await quickLog();
  for (let i = 0; i < 500; i++) {
    send(producer);
    await Promise.resolve();
  }
  expect(commits).toEqual([]);
  await producer.flush();
  expect(commits.length).toBe(1);
});

test('unflushed records are written in the next turn of the event loop', async () => {
  const { commits, producer } = await quickLog();
  send(producer);
  await new Promise((resolve) => setImmediate(resolve));
  expect([producer.backlog, commits.length]).toEqual([0, 1]);
});

test('a commit of the storage ends with the row that reaches 2 MiB', async () => {
  const { commits, producer } = await quickLog();
  for (let i = 0; i < 60; i++) send(producer, 100_000);
  await producer.flush();
  expect(commits.length).toBe(3);
  expect(Math.max(...commits)).toBeLessThan(2.3 * 1_024 * 1_024);
});
