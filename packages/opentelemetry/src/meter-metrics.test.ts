import { expect, test } from '@jest/globals';
import type { Instrument } from '@kstreams/core/graph';
import type { Meter } from '@opentelemetry/api';
import { MeterMetrics } from './meter-metrics.js';

const lag = {
  kind: 'gauge',
  name: 'kstreams.lag',
  unit: '{record}',
  description: 'Lag.',
  attributes: ['partition'],
} as const satisfies Instrument;
const latency = { ...lag, kind: 'histogram', name: 'kstreams.latency', unit: 's', limits: [1, 2] } as const;

/** A meter that notes what it is given. */
const meter = () => {
  const created: unknown[] = [];
  const recorded: unknown[] = [];
  const callbacks: ((result: { observe: (value: number, attributes: object) => void }) => void)[] = [];
  const observable = (name: string, options: object) => {
    created.push([name, options]);
    return { addCallback: (callback: (typeof callbacks)[number]) => callbacks.push(callback) };
  };
  const fake = {
    createObservableGauge: observable,
    createObservableCounter: observable,
    createHistogram: (name: string, options: object) => {
      created.push([name, options]);
      return { record: (...given: unknown[]) => recorded.push(given) };
    },
  } as unknown as Meter;
  const observed = (): readonly (readonly [number, object])[] => {
    const points: (readonly [number, object])[] = [];
    for (const callback of callbacks) callback({ observe: (...point) => points.push(point) });
    return points;
  };
  return { created, fake, observed, recorded };
};

test('1,000 rebalances leave as many series as there are partitions, of one instrument', () => {
  const { created, fake, observed } = meter();
  const metrics = new MeterMetrics(fake);
  let remove = (): void => {};
  for (let i = 0; i < 1_000; i++) {
    // A partition may be assigned again before it is revoked.
    const revoke = metrics.gauge(lag, { partition: '0' }, () => i);
    remove();
    remove = revoke;
  }
  expect(observed()).toEqual([[999, { partition: '0' }]]);
  expect(created).toEqual([['kstreams.lag', { description: 'Lag.', unit: '{record}' }]]);
  remove();
  expect(observed()).toEqual([]);
});

test('a value that is not available is not observed', () => {
  const { fake, observed } = meter();
  const metrics = new MeterMetrics(fake);
  metrics.gauge(lag, { partition: '0' }, () => undefined);
  metrics.gauge(lag, { partition: '1' }, () => Number.NaN);
  metrics.gauge(lag, { partition: '2' }, () => 0);
  expect(observed()).toEqual([[0, { partition: '2' }]]);
});

test('a histogram is created once, with the limits of its instrument', () => {
  const { created, fake, recorded } = meter();
  const metrics = new MeterMetrics(fake);
  metrics.histogram(latency, { partition: 'a' }).record(3);
  metrics.histogram(latency, { partition: 'b' }).record(4);
  expect(created).toEqual([
    ['kstreams.latency', { description: 'Lag.', unit: 's', advice: { explicitBucketBoundaries: [1, 2] } }],
  ]);
  expect(recorded).toEqual([
    [3, { partition: 'a' }],
    [4, { partition: 'b' }],
  ]);
});

test('without a meter nothing is exported', () => {
  const metrics = new MeterMetrics(undefined);
  metrics.gauge(lag, { partition: '0' }, () => 1)();
  expect(() => metrics.histogram(latency, { partition: 'a' }).record(3)).not.toThrow();
});
