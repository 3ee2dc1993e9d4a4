import { expect, test } from '@jest/globals';
import type { HistogramBody, ProcessBody } from '../../src/protocol.js';
import { quantile, ratesOf } from './rates.js';

const process = (overrides: Partial<ProcessBody> = {}): ProcessBody => ({
  instance: 'a',
  endpoint: undefined,
  state: 'running',
  live: true,
  ready: true,
  at: 0,
  tasks: [],
  opening: [],
  drops: [],
  metrics: [],
  edges: { watch: 1, edges: [] },
  ...overrides,
});

const edges = (count: number, watch = 1) => ({ watch, edges: [{ from: 'x', to: 'y', count }] });

test('rates are sums over processes of what was added per second', () => {
  const before = [process({ edges: edges(10) }), process({ instance: 'b', at: 500, edges: edges(0) })];
  const now = [process({ at: 2_000, edges: edges(30) }), process({ instance: 'b', at: 1_500, edges: edges(5) })];
  expect(ratesOf(before, now).edges.get('x y')).toBe(15);
});

test('a process that was started again, a new one, and another watch count from the next report', () => {
  const before = [process({ at: 9_000, edges: edges(100) })];
  const restarted = process({ at: 1_000, edges: edges(3) });
  expect(ratesOf(before, [restarted]).edges.size).toBe(0);
  expect(ratesOf(before, [process({ instance: 'b', at: 10_000, edges: edges(3) })]).edges.size).toBe(0);
  expect(ratesOf(before, [process({ at: 10_000, edges: edges(3, 2) })]).edges.size).toBe(0);
});

test('lags are sums over tasks, known from one report', () => {
  const task = (id: string, lag: number) => ({
    id,
    worker: 0,
    partition: 0,
    topics: ['orders'],
    stores: [],
    lags: [{ topic: 'orders', partition: 0, lag }],
  });
  const now = [process({ tasks: [task('0_0', 3), task('0_1', 4)] })];
  expect(ratesOf([], now).lags).toEqual(new Map([['orders', 7]]));
});

const histogram = (counts: readonly number[]): HistogramBody => ({
  limits: [1, 2],
  counts,
  count: counts.reduce((sum, one) => sum + one, 0),
  sum: 0,
});

const latency = (counts: readonly number[]) => [
  {
    name: 'kstreams.record.latency',
    unit: 's',
    attributes: { 'kstreams.subtopology': 0 },
    value: histogram(counts),
  },
];

test('latencies are of the records between two reports', () => {
  const before = [process({ metrics: latency([100, 0, 0]) })];
  const now = [process({ at: 1_000, metrics: latency([100, 10, 0]) })];
  const { p50, p99 } = ratesOf(before, now).latencies.get(0) ?? { p50: 0, p99: 0 };
  expect([p50, p99]).toEqual([1.5, expect.closeTo(1.99)]);
  expect(ratesOf(now, [process({ at: 2_000, metrics: latency([100, 10, 0]) })]).latencies.size).toBe(0);
});

test.each([
  [[10, 0, 0], 0.5, 0.5],
  [[0, 10, 0], 1, 2],
  [[0, 0, 4], 0.5, 2],
  [[0, 0, 0], 0.5, 2],
])('of the buckets %p, the quantile %p is %p', (counts, share, expected) => {
  expect(quantile(histogram(counts), share)).toBe(expected);
});
