import { test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { transportChecks } from '@kstreams/testing';
import { kafkaJs } from './index.js';

/** Members notice a rebalance at their next heartbeat, and added partitions at their next look. */
const consumer = { heartbeatInterval: 300, metadataRefresh: 500 };

describeWith('kafka', 'the transport in JavaScript on a Kafka cluster', (brokers) => {
  for (const { name, run } of transportChecks) test(name, () => run(async () => kafkaJs({ brokers, consumer })));
});
