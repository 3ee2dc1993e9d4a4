import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { override } from '@kstreams/test-support/override';
import { quiet } from '@kstreams/test-support/quiet-logger';
import {
  embedded,
  FencedError,
  json,
  MetricRegistry,
  memory,
  type StartOptions,
  type Streams,
  start,
  streams,
  string,
  type Transport,
  TransportError,
  topic,
  tumbling,
} from 'kstreams';
import type { Attributes, Distribution, Point } from 'kstreams/authors';

const clicks = topic('clicks', { key: string, value: json<number>() });
const large = topic('large', { key: string, value: json<number>() });
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

/** Writes clicks of these values, in turn for two keys. */
const send = async (transport: Transport, clicked: readonly number[]): Promise<void> => {
  const at = { topic: 'clicks', headers: [] };
  const producer = await transport.producer({ clientId: 'test' });
  for (const [i, one] of clicked.entries()) {
    const [key, value] = [string.encode(`key-${i % 2}`, at), json<number>().encode(one, at)];
    producer.send({ topic: 'clicks', partition: 0, key, value, timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

/** Resolves when a condition holds; rejects when it does not in many turns of the event loop. */
const until = async (holds: () => boolean): Promise<void> => {
  for (let turns = 0; !holds(); turns++) {
    if (turns > 100_000) throw new Error(`this does not come to hold: ${holds}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
};

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
  await send(transport, values);
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

/** Counts the series that were added and not removed, also those that replaced one of the same attributes. */
class CountingRegistry extends MetricRegistry {
  live = 0;

  override counter(...given: Parameters<MetricRegistry['counter']>) {
    return this.#count(super.counter(...given));
  }

  override gauge(...given: Parameters<MetricRegistry['gauge']>) {
    return this.#count(super.gauge(...given));
  }

  override histogram(...given: Parameters<MetricRegistry['histogram']>) {
    const histogram = super.histogram(...given);
    return { record: histogram.record, remove: this.#count(histogram.remove) };
  }

  #count(remove: () => void): () => void {
    this.live++;
    return () => {
      this.live--;
      remove();
    };
  }
}

test('rollbacks and new members leave no series behind, and neither does the application', async () => {
  const log = embedded();
  const faults = [new TransportError('no response', {}, undefined, true), new FencedError('another took over')];
  let fault: Error | undefined;
  const transport = override(log, {
    producer: async (options) => {
      const producer = await log.producer(options);
      const commit = (): Promise<void> => {
        const thrown = fault;
        fault = undefined;
        return thrown === undefined ? producer.commit() : Promise.reject(thrown);
      };
      return override(producer, { commit });
    },
  });
  const telemetry = new CountingRegistry();
  const { app } = await started({ transport, telemetry, guarantee: 'exactly-once' });
  const live: number[] = [];
  for (let round = 1; round <= 6; round++) {
    fault = faults[round % 2];
    await send(log, values);
    await awaitCommitted(log, app, { topic: 'clicks', partition: 0 }, (round + 1) * values.length);
    await until(() => app.state === 'running' && pointsOf(telemetry, 'kstreams.lag').every(({ value }) => value === 0));
    live.push(telemetry.live);
  }
  await app.close();
  // The first failure of each kind adds its counters.
  expect(new Set(live.slice(2)).size).toBe(1);
  expect(telemetry.live).toBe(0);
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
  expect(activities.sort()).toEqual(['commit', 'other', 'poll', 'process', 'punctuate', 'yield']);
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
    await until(() => pointsOf(metrics, 'kstreams.lag').length === 2);
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

test('calls in flight and retries are counted by node', async () => {
  const transport = embedded();
  const metrics = new MetricRegistry();
  const calls: { value: number; end: (failure?: Error) => void }[] = [];
  const call = (value: number): Promise<number> =>
    new Promise((resolve, reject) => {
      calls.push({ value, end: (failure) => (failure === undefined ? resolve(value) : reject(failure)) });
    });
  const app = streams('calling');
  app
    .stream(clicks)
    .mapAsync(call, { order: 'none', concurrency: 2, retry: { attempts: 2, backoff: () => 1 } })
    .to(large);
  const running = await start(app, { transport, state: memory(), logger: quiet, telemetry: metrics });
  await running.running();
  await send(transport, [1, 2, 3]);
  const node = { 'kstreams.node': 'map-async-0' };
  const inFlight = (): Point['value'] | undefined => valueAt(metrics, 'kstreams.calls.in_flight', node);
  await until(() => calls.length === 2);
  expect(inFlight()).toBe(2);
  calls[0]?.end(new Error('down'));
  await until(() => calls.length === 3);
  calls[1]?.end();
  calls[2]?.end();
  await until(() => calls.length === 4);
  expect(valueAt(metrics, 'kstreams.calls.retried', node)).toBe(1);
  calls[3]?.end();
  await until(() => inFlight() === 0 && running.counts.processed === 3);
  await running.close();
  expect(metrics.collect()).toEqual([]);
});

test('dead letters are counted by topic', async () => {
  const transport = embedded();
  await (await transport.admin()).create([{ name: 'dead', partitions: 1, config: {} }]);
  const { app, metrics } = await started({ transport, onError: () => ({ deadLetter: 'dead' }) });
  expect(valueAt(metrics, 'kstreams.records.dead_lettered', { 'messaging.destination.name': 'dead' })).toBe(2);
  expect(valueAt(metrics, 'messaging.client.sent.messages', { 'messaging.destination.name': 'dead' })).toBe(2);
  expect(valueAt(metrics, 'kstreams.errors', { 'kstreams.error.decision': 'dead-letter' })).toBe(2);
  await app.close();
});

test('a group that rebalances many times has the same series afterwards', async () => {
  const transport = embedded();
  await (await transport.admin()).create([{ name: 'clicks', partitions: 2, config: {} }]);
  const { app, metrics } = await started({ transport });
  const names = (): string[] =>
    metrics.collect().map(({ attributes, instrument }) => JSON.stringify([instrument.name, attributes]));
  const join = async (): Promise<void> => {
    const other = await start(clickApp(), { transport, state: memory(), logger: quiet });
    await other.running();
    await other.close();
    await until(() => pointsOf(metrics, 'kstreams.lag').length === 2);
  };
  await join();
  const before = names();
  for (let i = 0; i < 10; i++) await join();
  expect(names().sort()).toEqual(before.sort());
  await app.close();
});

test('late records are measured by the time by which they are behind, and punctuations are counted', async () => {
  const transport = embedded();
  const metrics = new MetricRegistry();
  const app = streams('late-app');
  app
    .stream(clicks)
    .groupByKey()
    .window(tumbling('1s', { grace: '1s' }))
    .count({ name: 'windows' });
  app.stream(clicks).process(({ schedule }) => {
    schedule('1s', 'stream', () => {});
    return () => {};
  });
  const running = await start(app, { transport, state: memory(), logger: quiet, telemetry: metrics });
  await running.running();
  const times = [500, 60_000, 500, 59_500];
  const producer = await transport.producer({ clientId: 'test' });
  for (const timestamp of times) {
    const at = { topic: 'clicks', headers: [] };
    const [key, value] = [string.encode('k', at), json<number>().encode(1, at)];
    producer.send({ topic: 'clicks', partition: 0, key, value, timestamp, headers: [] });
  }
  await producer.flush();
  await producer.close();
  await until(() => running.counts.processed === times.length);
  const [late] = pointsOf(metrics, 'kstreams.record.lateness');
  expect(late?.attributes['kstreams.node']).toBe('windows');
  expect(late?.value).toMatchObject({ count: 1, sum: 59.5 });
  expect(valueAt(metrics, 'kstreams.punctuations')).toBeGreaterThan(0);
  const topicOf = { 'messaging.destination.name': 'clicks' };
  expect(valueAt(metrics, 'kstreams.topic.lag', topicOf)).toBe(0);
  expect(valueAt(metrics, 'kstreams.records.buffered.size', topicOf)).toBe(0);
  await running.close();
  expect(metrics.collect()).toEqual([]);
});
