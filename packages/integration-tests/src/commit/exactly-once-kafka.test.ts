import { kafkaClients } from '@kstreams/test-support/kafka-clients';
import { describeWith } from '@kstreams/test-support/services';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { exactlyOnceLaws, quickMembers } from './exactly-once-laws.js';

const newFolder = temporaryFolders();

for (const [client, open] of kafkaClients.filter(([name]) => name === 'librdkafka')) {
  describeWith('kafka', `exactly once on Kafka, with ${client}`, (brokers) =>
    exactlyOnceLaws(() => open(brokers, quickMembers), newFolder),
  );
}
