/** Topics that change while an application runs, on a cluster: the laws that wait for it. */
import { describeWith } from '@kstreams/test-support/services';
import { kafka } from 'kstreams/kafka';
import { topicChangeLaws } from './topic-change-laws.js';

const consumer = { 'topic.metadata.refresh.interval.ms': 500 };

describeWith('kafka', 'on Kafka', (brokers) => {
  topicChangeLaws(
    () => ({ log: kafka({ brokers, consumer }) }),
    ({ quick }) => quick !== true,
  );
});

describeWith('kafka', 'on Kafka, whose brokers assign the partitions', (brokers) => {
  topicChangeLaws(
    () => ({ log: kafka({ brokers, consumer: { ...consumer, 'group.protocol': 'consumer' } }) }),
    ({ moves }) => moves === true,
  );
});
