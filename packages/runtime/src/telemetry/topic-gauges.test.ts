import { expect, test } from '@jest/globals';
import { MetricRegistry } from '@kstreams/core/graph';
import { TopicGauges } from './topic-gauges.js';

/** Returns the current gauges of topics: `orders kstreams.topic.lag`. */
const gauges = (metrics: MetricRegistry): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    metrics
      .collect()
      .map(({ attributes, instrument, value }) => [
        `${attributes['messaging.destination.name']} ${instrument.name}`,
        value,
      ]),
  );

const partition = (topic: string, lag: number | undefined, size: number) => ({
  topic,
  lag: () => lag,
  bufferedSize: () => size,
});

test('a topic has the sums of its partitions, without lags that are not known', () => {
  const metrics = new MetricRegistry();
  const topics = new TopicGauges(metrics);
  topics.add(partition('orders', 3, 10));
  const removeOther = topics.add(partition('orders', undefined, 5));
  topics.add(partition('payments', undefined, 1));
  expect(gauges(metrics)).toEqual({
    'orders kstreams.topic.lag': 3,
    'orders kstreams.records.buffered.size': 15,
    'payments kstreams.records.buffered.size': 1,
  });
  removeOther();
  expect(gauges(metrics)['orders kstreams.records.buffered.size']).toBe(10);
});

test('a topic has no gauges once its partitions are gone, also after 1,000 rebalances', () => {
  const metrics = new MetricRegistry();
  const topics = new TopicGauges(metrics);
  for (let i = 0; i < 1_000; i++) topics.add(partition('orders', i, i))();
  expect(metrics.collect()).toEqual([]);
  topics.add(partition('orders', 1, 2));
  expect(gauges(metrics)).toEqual({ 'orders kstreams.topic.lag': 1, 'orders kstreams.records.buffered.size': 2 });
});
