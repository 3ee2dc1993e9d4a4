import { expect, test } from '@jest/globals';
import { type Outgoing, toUtf8 } from '@kstreams/core/graph';
import { describeWith } from '@kstreams/test-support/services';
import { createTopics } from '@kstreams/test-support/text-records';
import { kafkaJs } from '../index.js';

describeWith('kafka', 'a producer in JavaScript', (brokers) => {
  const recordOf = (topic: string, key: string | null, value = 'x'): Outgoing => ({
    topic,
    partition: 0,
    key: key === null ? null : toUtf8(key),
    value: toUtf8(value),
    timestamp: 1_000,
    headers: [],
  });
  const nameOf = (): string => `js-producer-${crypto.randomUUID()}`;

  test('names the refused record of a batch; the others may be sent again', async () => {
    const log = kafkaJs({ brokers });
    const topic = nameOf();
    await createTopics(log, [topic], 1, { 'cleanup.policy': 'compact' });
    const told: unknown[] = [];
    const producer = await log.producer({
      clientId: 'p',
      failed: ({ key }, error, refusal) =>
        told.push([key && new TextDecoder().decode(key), 'retriable' in error && error.retriable, refusal]),
    });
    for (const key of ['a', null, 'b']) producer.send(recordOf(topic, key));
    await expect(producer.flush()).rejects.toThrow('a record cannot be delivered');
    expect(told).toEqual([
      ['a', true, 'invalid'],
      [null, false, 'record'],
      ['b', true, 'invalid'],
    ]);
    for (const key of ['a', 'b']) producer.send(recordOf(topic, key));
    await producer.flush();
    expect(producer.acknowledged({ topic, partition: 0 })).toBe(2);
    await producer.close();
    await log.close();
  });

  test.each(['gzip', 'snappy', 'lz4'] as const)(
    'writes batches with %s that both clients read',
    async (compression) => {
      const log = kafkaJs({ brokers, producer: { compression } });
      const topic = nameOf();
      await createTopics(log, [topic]);
      const producer = await log.producer({ clientId: 'p' });
      for (let i = 0; i < 100; i++) producer.send(recordOf(topic, `k${i}`, 'same '.repeat(20)));
      await producer.flush();
      const consumer = await log.consumer({ clientId: 'c' });
      consumer.assign([{ topic, partition: 0, offset: 0 }]);
      const keys: string[] = [];
      while (keys.length < 100) {
        for (const { key } of await consumer.poll(7, 1_000)) keys.push(new TextDecoder().decode(key ?? undefined));
      }
      expect(keys).toEqual(Array.from({ length: 100 }, (_, i) => `k${i}`));
      await Promise.all([producer.close(), consumer.close()]);
      await log.close();
    },
  );

  test('a closed client refuses requests at once', async () => {
    const log = kafkaJs({ brokers });
    const consumer = await log.consumer({ clientId: 'c', group: nameOf() });
    await consumer.close();
    await expect(consumer.committed([{ topic: 'any', partition: 0 }])).rejects.toThrow('the client was closed');
    await log.close();
  });

  test('a record that is too large fails alone, before it is sent', async () => {
    const log = kafkaJs({ brokers, producer: { maxRecordBytes: 1_000 } });
    const topic = nameOf();
    await createTopics(log, [topic]);
    const told: string[] = [];
    const producer = await log.producer({
      clientId: 'p',
      failed: (_, error, refusal) => told.push(refusal, error.message),
    });
    producer.send(recordOf(topic, null, 'x'.repeat(2_000)));
    producer.send(recordOf(topic, null));
    await expect(producer.flush()).rejects.toThrow('too large: raise `producer.maxRecordBytes`');
    expect(told[0]).toBe('record');
    await producer.flush();
    expect(producer.acknowledged({ topic, partition: 0 })).toBe(1);
    await producer.close();
    await log.close();
  });
});
