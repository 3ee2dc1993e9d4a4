import { test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { transportChecks } from '@kstreams/testing';
import { kafka } from './index.js';

/** Members notice a rebalance at their next heartbeat, and added partitions at their next look. */
const consumer = { 'heartbeat.interval.ms': 300, 'topic.metadata.refresh.interval.ms': 500 };

describeWith('kafka', 'the transport on a Kafka cluster', (brokers) => {
  for (const { name, run } of transportChecks) test(name, () => run(async () => kafka({ brokers, consumer })));
});
