import { expect, test } from '@jest/globals';
import { planTopology, streams, type Transport, topic } from '@kstreams/core';
import { embedded } from '@kstreams/embedded';
import { string } from '@kstreams/serde';
import { override } from '@kstreams/test-support/override';
import { prepareTopics } from './prepare-topics.js';

const lines = topic('lines', { key: string, value: string });

const counting = () => {
  const app = streams('app');
  app
    .stream(lines)
    .groupBy((line) => line, { key: string })
    .count({ name: 'counts' });
  return planTopology(app.build());
};

const prepare = async (transport: Transport) => {
  const admin = await transport.admin();
  return { admin, topics: await prepareTopics(counting(), transport, admin) };
};

/** A log that leaves the creation of source topics to its user, as a cluster does. */
const strict = () => override<Transport>(embedded(), { createsTopics: false });

test('creates repartition and changelog topics as wide as the widest source', async () => {
  const log = strict();
  await (await log.admin()).create([{ name: 'lines', partitions: 3, config: {} }]);
  const { topics } = await prepare(log);
  expect([...topics.values()].map(({ cleanup, name, partitions }) => [name, partitions, cleanup]).sort()).toEqual([
    ['app-counts-changelog', 3, 'compact'],
    ['app-counts-repartition', 3, 'delete'],
    ['app-placement', 3, 'delete'],
    ['lines', 3, 'delete'],
  ]);
});

test('refuses a missing source topic by name, unless the log creates topics', async () => {
  await expect(prepare(strict())).rejects.toThrow(/has no topic "lines"/);
  const { topics } = await prepare(embedded());
  expect(topics.get('lines')?.partitions).toBe(1);
});

test('refuses an internal topic with another number of partitions', async () => {
  const log = strict();
  const admin = await log.admin();
  await admin.create([
    { name: 'lines', partitions: 3, config: {} },
    { name: 'app-counts-changelog', partitions: 2, config: { 'cleanup.policy': 'compact' } },
  ]);
  await expect(prepare(log)).rejects.toThrow(/"app-counts-changelog" has 2 partitions and needs 3/);
});

test('refuses a changelog that deletes old rows', async () => {
  const log = strict();
  const admin = await log.admin();
  await admin.create([
    { name: 'lines', partitions: 1, config: {} },
    { name: 'app-counts-changelog', partitions: 1, config: { 'cleanup.policy': 'delete' } },
  ]);
  await expect(prepare(log)).rejects.toThrow(/cleanup.policy=delete and needs compact/);
});

test('adds slots to a placement topic that has fewer than there are stateful tasks, and keeps one that has more', async () => {
  const log = strict();
  const admin = await log.admin();
  await admin.create([
    { name: 'lines', partitions: 3, config: {} },
    { name: 'app-placement', partitions: 2, config: {} },
  ]);
  expect((await prepare(log)).topics.get('app-placement')?.partitions).toBe(3);
  await admin.grow('app-placement', 5);
  expect((await prepare(log)).topics.get('app-placement')?.partitions).toBe(5);
});
