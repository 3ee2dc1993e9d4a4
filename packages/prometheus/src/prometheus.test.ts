import { expect, test } from '@jest/globals';
import { ConfigError, type Instrument } from '@kstreams/core/graph';
import type { StartedApplication } from '@kstreams/runtime';
import { freePort } from '@kstreams/test-support/free-port';
import { Counter, Registry } from 'prom-client';
import { metricsServer, prometheus } from './index.js';
import { metricName } from './metric-names.js';

const records = {
  kind: 'counter',
  name: 'kstreams.records.processed',
  unit: '{record}',
  description: 'Records processed.',
  attributes: ['messaging.destination.name'],
} as const satisfies Instrument;
const lag = { ...records, kind: 'gauge', name: 'kstreams.lag' } as const;
const latency = {
  kind: 'histogram',
  name: 'kstreams.record.latency',
  unit: 's',
  description: 'Latency.',
  attributes: [],
  limits: [0.1, 1],
} as const satisfies Instrument;
const orders = { 'messaging.destination.name': 'orders' };

test.each([
  [records, 'kstreams_records_processed_total'],
  [lag, 'kstreams_lag'],
  [latency, 'kstreams_record_latency_seconds'],
  [{ ...lag, name: 'kstreams.state.size', unit: 'By' }, 'kstreams_state_size_bytes'],
  [{ ...lag, name: 'kstreams.hits', unit: '1' }, 'kstreams_hits_ratio'],
  [{ ...records, name: 'kstreams.worker.time', unit: 's' }, 'kstreams_worker_time_seconds_total'],
] as const)('the name of %p is %p', (instrument, expected) => {
  expect(metricName(instrument)).toBe(expected);
});

test('a scrape reads counters, gauges and histograms', async () => {
  const metrics = prometheus();
  let processed = 1;
  metrics.counter(records, orders, () => processed);
  metrics.gauge(lag, orders, () => 7);
  const histogram = metrics.histogram(latency, {});
  for (const value of [0.05, 0.1, 0.5, 9]) histogram.record(value);
  processed = 5;
  expect(await metrics.register.metrics()).toBe(
    [
      '# HELP kstreams_records_processed_total Records processed.',
      '# TYPE kstreams_records_processed_total counter',
      'kstreams_records_processed_total{messaging_destination_name="orders"} 5',
      '',
      '# HELP kstreams_lag Records processed.',
      '# TYPE kstreams_lag gauge',
      'kstreams_lag{messaging_destination_name="orders"} 7',
      '',
      '# HELP kstreams_record_latency_seconds Latency.',
      '# TYPE kstreams_record_latency_seconds histogram',
      'kstreams_record_latency_seconds_bucket{le="0.1"} 2',
      'kstreams_record_latency_seconds_bucket{le="1"} 3',
      'kstreams_record_latency_seconds_bucket{le="+Inf"} 4',
      'kstreams_record_latency_seconds_sum 9.65',
      'kstreams_record_latency_seconds_count 4',
      '',
    ].join('\n'),
  );
});

test('a gauge without a value is missing, and a removed series too', async () => {
  const metrics = prometheus();
  metrics.gauge(lag, orders, () => undefined);
  metrics.gauge(lag, { 'messaging.destination.name': 'refunds' }, () => Number.NaN);
  const remove = metrics.counter(records, orders, () => 1);
  remove();
  expect(await metrics.register.metrics()).not.toMatch(/^kstreams_/m);
});

test('1,000 rebalances leave as many series as there are partitions', async () => {
  const metrics = prometheus();
  const scraped = async (): Promise<number> => (await metrics.register.metrics()).split('\n').length;
  metrics.gauge(lag, orders, () => 0);
  const before = await scraped();
  let remove = (): void => {};
  for (let i = 0; i < 1_000; i++) {
    // A partition may be assigned again before it is revoked.
    const revoke = metrics.gauge(lag, orders, () => i);
    remove();
    remove = revoke;
  }
  expect(await scraped()).toBe(before);
  expect(await metrics.register.metrics()).toContain('} 999');
});

test('metrics of the program stay in its registry, and a name that is taken is refused', async () => {
  const register = new Registry();
  new Counter({ name: 'logins_total', help: 'Logins.', registers: [register] }).inc(3);
  new Counter({ name: 'kstreams_records_processed_total', help: 'Taken.', registers: [register] });
  const metrics = prometheus({ register });
  metrics.gauge(lag, orders, () => 7);
  expect(await register.metrics()).toContain('logins_total 3');
  expect(() => metrics.counter(records, orders, () => 1)).toThrow(ConfigError);
});

test('labels are escaped', async () => {
  const metrics = prometheus();
  metrics.gauge(lag, { 'messaging.destination.name': 'a"b\\c\nd' }, () => 1);
  expect(await metrics.register.metrics()).toContain('{messaging_destination_name="a\\"b\\\\c\\nd"} 1');
});

test.each([
  ['/live', true, false, 200],
  ['/ready', true, false, 503],
  ['/live', false, false, 503],
  ['/ready', true, true, 200],
])('GET %s of an application whose live is %p and ready %p responds %i', async (path, live, ready, status) => {
  const port = await freePort();
  const server = metricsServer(prometheus(), { port });
  const health = { live, ready, tasks: [] };
  await server.started?.({ health: () => health } as unknown as StartedApplication);
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  expect([response.status, await response.json()]).toEqual([status, health]);
  await server.closing?.();
});

test('invalid options are refused', () => {
  expect(() => prometheus({ registry: new Registry() } as never)).toThrow('write "register"');
  expect(() => metricsServer(prometheus(), { port: -1 })).toThrow('option "port" of metricsServer');
});
