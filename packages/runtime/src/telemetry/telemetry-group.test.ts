import { expect, test } from '@jest/globals';
import { MetricRegistry, type Telemetry } from '@kstreams/core/graph';
import { instruments } from './instruments.js';
import { telemetryGroup } from './telemetry-group.js';

const valuesOf = (registry: MetricRegistry) =>
  registry.collect().map(({ value }) => (typeof value === 'number' ? value : value.count));

test('a group of telemetries passes every series to each, and removes it from each', () => {
  const members = [new MetricRegistry(), new MetricRegistry()] as const;
  const group = telemetryGroup(members) as Telemetry;
  const removals = [
    group.counter(instruments.commits, { 'kstreams.worker': 0 }, () => 3),
    group.gauge(instruments.backlog, { 'kstreams.worker': 0 }, () => 7),
  ];
  const histogram = group.histogram(instruments.pollDuration, { 'kstreams.worker': 0 });
  histogram.record(0.1);
  for (const member of members) expect(valuesOf(member)).toEqual([3, 7, 1]);
  for (const remove of removals) remove();
  histogram.remove();
  for (const member of members) expect(valuesOf(member)).toEqual([]);
});

test('a group of one is that one, and there is none without members', () => {
  const registry = new MetricRegistry();
  expect(telemetryGroup([registry])).toBe(registry);
  expect(telemetryGroup([])).toBeUndefined();
});
