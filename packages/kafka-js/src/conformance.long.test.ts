import { test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { transportChecks } from '@kstreams/testing';
import { kafkaJs } from './index.js';

const consumer = { groupProtocol: 'consumer', metadataRefresh: 500 } as const;

/** The checks of members of a group. */
const ofGroups = transportChecks.filter(({ name }) => /member|group|rebalance|leader|transaction/.test(name));

describeWith('kafka', 'the transport in JavaScript, in groups of KIP-848', (brokers) => {
  for (const { name, run } of ofGroups) test(name, () => run(async () => kafkaJs({ brokers, consumer })));
});
