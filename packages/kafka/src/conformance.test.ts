import { test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { transportChecks } from '@kstreams/testing';
import { kafka } from './index.js';

/** Members hear of a rebalance at their next heartbeat. */
const consumer = { 'heartbeat.interval.ms': 300 };

describeWith('kafka', 'a Kafka cluster is a transport', (brokers) => {
  for (const { name, run } of transportChecks) test(name, () => run(async () => kafka({ brokers, consumer })));
});
