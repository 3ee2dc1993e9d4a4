/** Topics that change while an application runs. */
import { describe } from '@jest/globals';
import { kafkaClients } from '@kstreams/test-support/kafka-clients';
import { describeWith } from '@kstreams/test-support/services';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { embedded } from 'kstreams';
import { topicChangeLaws } from './topic-change-laws.js';

describe('on the embedded log', () => {
  const open = () => {
    const clock = new SkippingClock();
    return { log: embedded({ clock }), clock };
  };
  topicChangeLaws(open, () => true);
});

/** The group finds added partitions within half a second. */
const times = { metadataRefresh: 500 };

for (const [client, open] of kafkaClients) {
  describeWith('kafka', `on Kafka, with ${client}`, (brokers) => {
    topicChangeLaws(
      () => ({ log: open(brokers, times) }),
      ({ quick }) => quick === true,
    );
  });
}
