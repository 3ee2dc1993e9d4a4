import { expect, test } from '@jest/globals';
import { type Instrument, MetricRegistry } from './index.js';

const sold = {
  kind: 'counter',
  name: 'shop.sold',
  unit: '{cup}',
  description: 'Cups sold.',
  attributes: ['shop.town', 'shop.size'],
} as const satisfies Instrument;

const open = { ...sold, kind: 'gauge', name: 'shop.open', attributes: ['shop.town'] } as const satisfies Instrument;

const wait = {
  ...sold,
  kind: 'histogram',
  name: 'shop.wait',
  unit: 's',
  attributes: [],
  limits: [1, 2],
} as const satisfies Instrument;

test('a counter and a gauge are read at each collection', () => {
  const metrics = new MetricRegistry();
  let [cups, hours]: [number, number | undefined] = [1, undefined];
  metrics.counter(sold, { 'shop.town': 'Lyon', 'shop.size': 1 }, () => cups);
  metrics.gauge(open, { 'shop.town': 'Lyon' }, () => hours);
  expect(metrics.collect()).toEqual([
    { instrument: sold, attributes: { 'shop.town': 'Lyon', 'shop.size': 1 }, value: 1 },
  ]);
  [cups, hours] = [5, 8];
  expect(metrics.collect().map(({ value }) => value)).toEqual([5, 8]);
  hours = Number.NaN;
  expect(metrics.collect().map(({ value }) => value)).toEqual([5]);
});

test('a histogram counts values by bucket, its limits included', () => {
  const metrics = new MetricRegistry();
  const waits = metrics.histogram(wait, {});
  for (const value of [0, 1, 1.5, 2, 9]) waits.record(value);
  expect(metrics.collect()).toEqual([
    { instrument: wait, attributes: {}, value: { count: 5, sum: 13.5, limits: [1, 2], counts: [2, 2, 1] } },
  ]);
  waits.remove();
  expect(metrics.collect()).toEqual([]);
});

test('an equal series replaces the earlier one, in any order of attributes; removing that one does nothing', () => {
  const metrics = new MetricRegistry();
  const remove = metrics.counter(sold, { 'shop.town': 'Lyon', 'shop.size': 1 }, () => 1);
  const removeNew = metrics.counter(sold, { 'shop.size': 1, 'shop.town': 'Lyon' }, () => 2);
  metrics.counter(sold, { 'shop.town': 'Lyon', 'shop.size': '1' }, () => 3);
  remove();
  expect(metrics.collect().map(({ value }) => value)).toEqual([2, 3]);
  removeNew();
  expect(metrics.collect().map(({ value }) => value)).toEqual([3]);
});
