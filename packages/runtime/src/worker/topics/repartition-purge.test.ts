import { expect, test } from '@jest/globals';
import { type Position, planTopology, streams, topic } from '@kstreams/core';
import { embedded } from '@kstreams/embedded';
import { string } from '@kstreams/serde';
import { override } from '@kstreams/test-support/override';
import { TestClock } from '@kstreams/testing';
import { RepartitionPurge } from './repartition-purge.js';

const setUp = async () => {
  const app = streams('app');
  app
    .stream(topic('lines', { key: string, value: string }))
    .groupBy((line) => line, { key: string })
    .count({ name: 'counts' });
  const plan = planTopology(app.build());
  const purged: (readonly Position[])[] = [];
  let fails = false;
  let held = Promise.resolve();
  const admin = override(await embedded().admin(), {
    purge: async (before) => {
      await held;
      if (fails) throw new Error('the log is gone');
      purged.push(before);
    },
  });
  const clock = new TestClock(0);
  const reported: string[] = [];
  return {
    reported,
    clock,
    purged,
    purge: new RepartitionPurge(plan, admin, clock, 1_000, ({ message }, topics) =>
      reported.push(`${topics.join()}: ${message}`),
    ),
    fail: (on: boolean) => {
      fails = on;
    },
    /** Holds purges until the returned function is called. */
    hold: () => {
      let release = (): void => {};
      held = new Promise((resolve) => {
        release = resolve;
      });
      return release;
    },
  };
};

const at = (topicName: string, offset: number): Position => ({ topic: topicName, partition: 0, offset });

test('purges repartition topics up to the last committed offset, once per interval', async () => {
  const { clock, purge, purged } = await setUp();
  purge.committed([at('lines', 5), at('app-counts-repartition', 3)]);
  clock.advance(999);
  purge.committed([at('app-counts-repartition', 7)]);
  expect(purged).toEqual([]);
  clock.advance(1);
  purge.committed([]);
  await purge.close();
  expect(purged).toEqual([[at('app-counts-repartition', 7)]]);
});

test('retries a failed purge with the next one', async () => {
  const { clock, fail, purge, purged } = await setUp();
  fail(true);
  clock.advance(1_000);
  purge.committed([at('app-counts-repartition', 3)]);
  await purge.close();
  fail(false);
  clock.advance(1_000);
  purge.committed([]);
  await purge.close();
  expect(purged).toEqual([[at('app-counts-repartition', 3)]]);
});

test('a purge that takes long holds up no commit, and later offsets wait for the next one', async () => {
  const { clock, hold, purge, purged } = await setUp();
  const release = hold();
  for (const offset of [3, 4, 5]) {
    clock.advance(1_000);
    purge.committed([at('app-counts-repartition', offset)]);
  }
  release();
  await purge.close();
  clock.advance(1_000);
  purge.committed([]);
  await purge.close();
  expect(purged).toEqual([[at('app-counts-repartition', 3)], [at('app-counts-repartition', 5)]]);
});

test('reports the first failure in a row', async () => {
  const { clock, fail, purge, reported } = await setUp();
  for (const fails of [true, true, false, true]) {
    fail(fails);
    clock.advance(1_000);
    purge.committed([at('app-counts-repartition', 7)]);
    await purge.close();
  }
  expect(reported).toEqual(Array(2).fill('app-counts-repartition: the log is gone'));
});
