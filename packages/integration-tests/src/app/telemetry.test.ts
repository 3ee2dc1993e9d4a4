import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import {
  embedded,
  json,
  MetricRegistry,
  memory,
  type StartOptions,
  type Streams,
  start,
  streams,
  string,
  topic,
} from 'kstreams';
import type { Attributes, Distribution, Point } from 'kstreams/authors';

const clicks = topic('clicks', { key: string, value: json<number>() });
const large = topic('large', { key: string, value: json<number>() });
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** Counts clicks by key, drops zeros by policy, and sends large ones on. */
const clickApp = (): Streams => {
  const app = streams('click-app');
  const valid = app.stream(clicks).mapValues((value) => {
    if (value === 0) throw new Error('zero');
    return value;
  });
  valid.filter((value) => value > 10).to(large);
  valid.groupByKey().count({ name: 'counts' });
  return app;
};

const values = [1, 20, 0, 30, 0, 2];

/** Starts an application on a log with six clicks; resolves when they are committed. */
const started = async (options: StartOptions = {}) => {
  const transport = options.transport ?? embedded();
  const metrics = new MetricRegistry();
  const app = await start(clickApp(), {
    transport,
    state: memory(),
    commitInterval: 0,
    logger: quiet,
    telemetry: metrics,
    onError: () => 'skip',
    ...options,
  });
  await app.running();
  const producer = await transport.producer({ clientId: 'test' });
  values.forEach((value, i) => {
    const key = string.encode(`key-${i % 2}`, { topic: 'clicks', headers: [] });
    const bytes = json<number>().encode(value, { topic: 'clicks', headers: [] });
    producer.send({ topic: 'clicks', partition: 0, key, value: bytes, timestamp: i, headers: [] });
  });
  await producer.flush();
  await producer.close();
  await awaitCommitted(transport, app, { topic: 'clicks', partition: 0 }, values.length);
  return { app, metrics, transport };
};

const pointsOf = (metrics: MetricRegistry, name: string): readonly Point[] =>
  metrics.collect().filter(({ instrument }) => instrument.name === name);

const valueAt = (metrics: MetricRegistry, name: string, attributes: Attributes = {}): Point['value'] | undefined =>
  pointsOf(metrics, name).find((point) =>
    Object.entries(attributes).every(([key, value]) => point.attributes[key] === value),
  )?.value;

test('counters equal the records of the log', async () => {
  const { app, metrics } = await started();
  const clicked = { 'messaging.destination.name': 'clicks' };
  expect(valueAt(metrics, 'messaging.client.consumed.messages', clicked)).toBe(6);
  expect(valueAt(metrics, 'kstreams.records.processed', clicked)).toBe(6);
  expect(valueAt(metrics, 'messaging.client.sent.messages', { 'messaging.destination.name': 'large' })).toBe(2);
  const dropped = { 'kstreams.node': 'map-values-0', 'kstreams.drop.reason': 'skipped-by-policy' };
  expect(valueAt(metrics, 'kstreams.records.dropped', dropped)).toBe(2);
  const skipped = { 'kstreams.error.kind': 'processing', 'kstreams.error.decision': 'skip' };
  expect(valueAt(metrics, 'kstreams.errors', skipped)).toBe(2);
  expect(valueAt(metrics, 'kstreams.store.reads', { 'kstreams.store': 'counts' })).toBe(2);
  expect(valueAt(metrics, 'kstreams.rebalances', { 'kstreams.rebalance.kind': 'assigned' })).toBe(1);
  expect(app.counts).toEqual({
    processed: 6,
    restored: 0,
    commits: valueAt(metrics, 'kstreams.commits', { 'kstreams.worker': 0 }),
  });
  expect([...app.drops]).toEqual([['map-values-0 skipped-by-policy', 2]]);
  await app.close();
});

test('gauges describe partitions and tasks, and lag is 0 at the end', async () => {
  const { app, metrics } = await started();
  const partition = { 'messaging.destination.name': 'clicks', 'messaging.destination.partition.id': '0' };
  expect(valueAt(metrics, 'kstreams.lag', partition)).toBe(0);
  expect(valueAt(metrics, 'kstreams.records.buffered', partition)).toBe(0);
  expect(valueAt(metrics, 'kstreams.tasks', { 'kstreams.task.state': 'running' })).toBe(1);
  expect(valueAt(metrics, 'kstreams.tasks', { 'kstreams.task.state': 'opening' })).toBe(0);
  await app.close();
});

test('times of polls, commits and records are measured', async () => {
  const { app, metrics } = await started();
  const counted = (name: string): number => (valueAt(metrics, name) as Distribution).count;
  expect(counted('messaging.process.duration')).toBeGreaterThan(0);
  expect(counted('messaging.process.duration')).toBe(counted('kstreams.record.latency'));
  expect(counted('kstreams.poll.duration')).toBeGreaterThan(0);
  expect(counted('kstreams.commit.duration')).toBe(app.counts.commits);
  const activities = pointsOf(metrics, 'kstreams.worker.time').map(({ attributes }) => attributes['kstreams.activity']);
  expect(activities.sort()).toEqual(['commit', 'other', 'poll', 'process', 'punctuate']);
  await app.close();
});

test('every point has the declared attributes and the application, and a finite value that is not negative', async () => {
  const { app, metrics } = await started({ guarantee: 'exactly-once', commitInterval: '10ms' });
  expect(valueAt(metrics, 'kstreams.transactions', { 'kstreams.transaction.outcome': 'committed' })).toBeGreaterThan(0);
  for (const { attributes, instrument, value } of metrics.collect()) {
    expect(Object.keys(attributes).sort()).toEqual([...instrument.attributes, 'kstreams.application'].sort());
    expect(attributes['kstreams.application']).toBe('click-app');
    const numbers = typeof value === 'number' ? [value] : [value.sum, value.count, ...value.counts];
    for (const number of numbers) expect(number).toBeGreaterThanOrEqual(0);
  }
  await app.close();
});

describe('removal', () => {
  test('a closed application has no series', async () => {
    const { app, metrics } = await started();
    expect(metrics.collect().length).toBeGreaterThan(10);
    await app.close();
    expect(metrics.collect()).toEqual([]);
  });

  test('a partition that moved to another member has no gauges here, and its counters stay', async () => {
    const transport = embedded();
    const admin = await transport.admin();
    await admin.create([{ name: 'clicks', partitions: 2, config: {} }]);
    const { app, metrics } = await started({ transport });
    const processed = (): Point['value'] | undefined => valueAt(metrics, 'kstreams.records.processed');
    expect(pointsOf(metrics, 'kstreams.lag').length).toBe(2);
    const other = await start(clickApp(), { transport, state: memory(), logger: quiet });
    await other.running();
    expect(pointsOf(metrics, 'kstreams.lag').length).toBe(1);
    expect(processed()).toBe(6);
    await other.close();
    for (let i = 0; i < 1_000 && pointsOf(metrics, 'kstreams.lag').length < 2; i++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    await app.running();
    expect(pointsOf(metrics, 'kstreams.lag').length).toBe(2);
    expect(processed()).toBe(6);
    await app.close();
  });

  test('a restore is counted, and its gauge is gone after it', async () => {
    const { app, transport } = await started();
    await app.close();
    const metrics = new MetricRegistry();
    const again = await start(clickApp(), { transport, state: memory(), logger: quiet, telemetry: metrics });
    await again.running();
    expect(valueAt(metrics, 'kstreams.restore.records', { 'kstreams.store': 'counts' })).toBe(again.counts.restored);
    expect(again.counts.restored).toBeGreaterThan(0);
    expect(pointsOf(metrics, 'kstreams.restore.remaining')).toEqual([]);
    await again.close();
  });
});

test('an extension adds metrics with the attributes of its application, until it closes', async () => {
  const requests = {
    kind: 'counter',
    name: 'http.requests',
    unit: '{request}',
    description: 'Requests.',
    attributes: [],
  } as const;
  const extension = {
    name: 'http',
    started: ({ telemetry }: { telemetry: StartOptions['telemetry'] | undefined }) =>
      void telemetry?.counter(requests, {}, () => 7),
  };
  const { app, metrics } = await started({ extensions: [extension] });
  expect(pointsOf(metrics, 'http.requests')).toMatchObject([
    { value: 7, attributes: { 'kstreams.application': 'click-app' } },
  ]);
  await app.close();
});

test('counts and drops are the same without telemetry', async () => {
  const transport = embedded();
  const { telemetry: _, ...options } = { transport, telemetry: undefined };
  const { app } = await started(options);
  expect(app.counts.processed).toBe(6);
  expect(app.drops.get('map-values-0 skipped-by-policy')).toBe(2);
  await app.close();
});
