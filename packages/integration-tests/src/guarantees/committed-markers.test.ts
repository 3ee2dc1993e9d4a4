/** An application that has read all of a topic has no lag, also behind the markers of transactions. */
import { describe, expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { kafkaClients } from '@kstreams/test-support/kafka-clients';
import { quiet as logger } from '@kstreams/test-support/quiet-logger';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import { embedded, type Guarantee, memory, start, streams, string, type Transport, topic } from 'kstreams';

const texts = { key: string, value: string };
let runs = 0;

const law = async (log: Transport, guarantee: Guarantee): Promise<void> => {
  const name = `markers-${process.pid}-${Date.now().toString(36)}-${runs++}`;
  const [input, output] = [`${name}.in`, `${name}.out`];
  await createTopics(log, [input, output], 1, {});
  const copies = streams(`${name}-copies`);
  copies.stream(topic(input, texts)).to(topic(output, texts));
  const counts = streams(`${name}-counts`);
  counts.stream(topic(output, texts)).groupByKey().count({ name: 'counts' });
  const options = { transport: log, state: memory(), logger, commitInterval: 20 };
  const writer = await start(copies, { ...options, guarantee: 'exactly-once' });
  const reader = await start(counts, { ...options, guarantee });
  for (let round = 1; round <= 2; round++) {
    await sendTexts(log, input, [
      ['a', '1'],
      ['b', '2'],
    ]);
    // Readable once the marker is written.
    await readTexts(log, output, 1, 2 * round);
    const consumer = await log.consumer({ clientId: 'ends' });
    const [end = 0] = await consumer.offsets([{ topic: output, partition: 0 }], 'latest');
    await consumer.close();
    expect(end).toBeGreaterThan(2 * round);
    await awaitCommitted(log, reader, { topic: output, partition: 0 }, end);
  }
  for (const app of [writer, reader]) await app.close();
  await log.close();
};

const guarantees = ['at-least-once', 'exactly-once'] as const;
const title = 'the committed offset is the end of the topic, %s';

describe('on the embedded log', () => {
  test.each(guarantees)(title, (guarantee) => law(embedded(), guarantee));
});

for (const [client, open] of kafkaClients) {
  describeWith('kafka', `on Kafka, with ${client}`, (brokers) => {
    test.each(guarantees)(title, (guarantee) => law(open(brokers), guarantee));
  });
}
