/** Topics that change while an application runs. */
import { describe } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { embedded } from 'kstreams';
import { kafka } from 'kstreams/kafka';
import { topicChangeLaws } from './topic-change-laws.js';

describe('on the embedded log', () => {
  const open = () => {
    const clock = new SkippingClock();
    return { log: embedded({ clock }), clock };
  };
  topicChangeLaws(open, () => true);
});

/** The group finds added partitions within half a second. */
const consumer = { 'topic.metadata.refresh.interval.ms': 500 };

describeWith('kafka', 'on Kafka', (brokers) => {
  topicChangeLaws(
    () => ({ log: kafka({ brokers, consumer }) }),
    ({ quick }) => quick === true,
  );
});
