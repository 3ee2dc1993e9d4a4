import { test } from '@jest/globals';
import { transportChecks } from '@kstreams/testing';
import { describeWith } from '../../../tools/jest/services.js';
import { kafka } from './index.js';

/** Members hear of a rebalance at their next heartbeat. */
const consumer = { 'heartbeat.interval.ms': 300 };

describeWith('kafka', 'a Kafka cluster is a transport', (brokers) => {
  for (const { name, run } of transportChecks) test(name, () => run(async () => kafka({ brokers, consumer })));
});
