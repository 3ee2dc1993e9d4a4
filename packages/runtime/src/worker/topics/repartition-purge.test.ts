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
  const admin = override(await embedded().admin(), {
    purge: async (before) => {
      if (fails) throw new Error('the log is gone');
      purged.push(before);
    },
  });
  const clock = new TestClock(0);
  return {
    clock,
    purged,
    purge: new RepartitionPurge(plan, admin, clock, 1_000),
    fail: (on: boolean) => {
      fails = on;
    },
  };
};

const at = (topicName: string, offset: number): Position => ({ topic: topicName, partition: 0, offset });

test('purges repartition topics up to the last committed offset, once per interval', async () => {
  const { clock, purge, purged } = await setUp();
  await purge.committed([at('lines', 5), at('app-counts-repartition', 3)]);
  clock.advance(999);
  await purge.committed([at('app-counts-repartition', 7)]);
  expect(purged).toEqual([]);
  clock.advance(1);
  await purge.committed([]);
  expect(purged).toEqual([[at('app-counts-repartition', 7)]]);
});

test('retries a failed purge with the next one', async () => {
  const { clock, fail, purge, purged } = await setUp();
  fail(true);
  clock.advance(1_000);
  await purge.committed([at('app-counts-repartition', 3)]);
  fail(false);
  clock.advance(1_000);
  await purge.committed([]);
  expect(purged).toEqual([[at('app-counts-repartition', 3)]]);
});
