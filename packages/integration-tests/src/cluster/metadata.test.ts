/** The exchange of metadata among applications on one log. */

import { expect, test } from '@jest/globals';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { type App, embedded, json, memory, type StartOptions, start, streams, string, topic, tumbling } from 'kstreams';
import type { InstanceMetadata } from 'kstreams/authors';
import { filter, firstValueFrom } from 'rxjs';

const left = topic('left', { key: string, value: json<number>() });
const keys = Array.from({ length: 20 }, (_, i) => `k${i}`);

const counting = () => {
  const app = streams('counting');
  const grouped = app.stream(left).groupByKey();
  const counts = grouped.count({ name: 'counts' });
  const perMinute = grouped.window(tumbling('1m')).count({ name: 'per-minute' });
  return { app, counts, perMinute };
};

const opened = async () => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create([{ name: 'left', partitions: 4, config: {} }]);
  const begin = async (options: StartOptions = {}) => {
    const { app, counts, perMinute } = counting();
    const running = await start(app, { transport: log, state: memory(), logger, ...options });
    return { running, counts, perMinute, view: running.view(counts) };
  };
  return { admin, begin, log };
};

/** Resolves once a condition holds for the instances of an application. */
const until = (app: App, holds: (instances: readonly InstanceMetadata[]) => boolean) =>
  firstValueFrom(app.metadata.instances$.pipe(filter(holds)));

const running = ([...all]: readonly InstanceMetadata[], ...counts: readonly number[]): boolean =>
  String(all.map(({ tasks }) => tasks.length).sort()) === String(counts);

test('each instance locates every key, also after one leaves', async () => {
  const { begin, log } = await opened();
  const a = await begin({ endpoint: 'http://a' });
  const b = await begin({ endpoint: 'http://b' });
  for (const { running: app } of [a, b]) await until(app, (instances) => running(instances, 2, 2));
  for (const key of keys) {
    const holder = a.view.holds(key) ? a : b;
    expect(holder.view.holds(key)).toBe(true);
    for (const one of [a, b]) {
      const found = one.running.metadata.forKey(one.counts, key);
      expect(found).toEqual({
        instance: holder.running.metadata.instances()[0]?.id,
        endpoint: holder === a ? 'http://a' : 'http://b',
        partition: one.view.partitionOf(key),
        local: one === holder,
      });
      expect(one.running.metadata.forKey('counts', key)).toEqual(found);
      expect(one.running.metadata.forKey(one.perMinute, { key, start: 0, end: 60_000 })).toEqual(found);
    }
  }
  expect(new Set(keys.map((key) => a.running.metadata.forKey(a.counts, key)?.local)).size).toBe(2);

  await b.running.close();
  const [alone, ...others] = await until(a.running, (instances) => running(instances, 4));
  expect(others).toEqual([]);
  expect(alone?.tasks[0]).toEqual({ id: '0_0', partition: 0, topics: ['left'], stores: ['counts', 'per-minute'] });
  for (const key of keys) {
    expect(a.running.metadata.forKey(a.counts, key)).toMatchObject({ endpoint: 'http://a', local: true });
  }
  await a.running.close();
  expect((await readTopic(log, 'counting-metadata')).at(-1)?.value).toBeNull();
  await log.close();
});

test('without an endpoint, an instance publishes nothing and creates no topic', async () => {
  const { admin, begin, log } = await opened();
  const a = await begin();
  await until(a.running, (instances) => running(instances, 4));
  expect(a.running.metadata.forKey(a.counts, 'k1')).toMatchObject({ endpoint: undefined, local: true });
  const b = await begin({ workers: 2 });
  await until(a.running, ([one]) => one !== undefined && one.tasks.length < 4);
  await until(b.running, ([one]) => one !== undefined && one.tasks.length > 1);
  expect(a.running.metadata.instances()).toHaveLength(1);
  const elsewhere = keys.find((key) => !a.view.holds(key)) as string;
  expect(a.running.metadata.forKey(a.counts, elsewhere)).toBeUndefined();
  expect((await admin.topics()).has('counting-metadata')).toBe(false);
  await a.running.close();
  await b.running.close();
  await log.close();
});

test('refuses an empty endpoint, an unknown store and a metadata topic that deletes rows', async () => {
  const { admin, begin, log } = await opened();
  await expect(begin({ endpoint: '' })).rejects.toThrow(
    'option "endpoint" of start is "": use a text that is not empty',
  );
  const a = await begin({ endpoint: 'http://a' });
  expect(() => a.running.metadata.forKey('sums', 'k1')).toThrow('the topology keeps no store "sums"; its stores:');
  await a.running.close();
  await admin.delete(['counting-metadata']);
  await admin.create([{ name: 'counting-metadata', partitions: 1, config: { 'cleanup.policy': 'delete' } }]);
  await expect(begin({ endpoint: 'http://a' })).rejects.toThrow('"counting-metadata" has cleanup.policy=delete');
  await log.close();
});

test('refuses a user topic with the name of the metadata topic', () => {
  const app = streams('counting');
  app
    .stream(topic('counting-metadata', { key: string, value: string }))
    .to(topic('out', { key: string, value: string }));
  expect(() => app.describe()).toThrow('topic "counting-metadata" belongs to its processes');
});
