/** Sends and reads text records on any log. */
import { fromUtf8, type Outgoing, type TopicPartition, type Transport, toUtf8 } from '@kstreams/core';

/** A record as text: key, value and place; partition 0 at timestamp 1,000 by default. */
export type TextRecord = readonly [key: string, value: string, place?: { partition?: number; timestamp?: number }];

/** The longest wait for expected records, in ms. */
const patience = 60_000;

/** Creates topics without expiry. */
export const createTopics = async (
  log: Transport,
  names: readonly string[],
  partitions = 1,
  config: Readonly<Record<string, string>> = {},
): Promise<void> => {
  const admin = await log.admin();
  await admin.create(names.map((name) => ({ name, partitions, config: { 'retention.ms': '-1', ...config } })));
  await admin.close();
};

/** Sends records and waits for their acknowledgement. */
export const sendTexts = async (log: Transport, topic: string, texts: readonly TextRecord[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (const [key, value, { partition = 0, timestamp = 1_000 } = {}] of texts) {
    const record: Outgoing = { topic, partition, key: toUtf8(key), value: toUtf8(value), timestamp, headers: [] };
    producer.send(record);
  }
  await producer.flush();
  await producer.close();
};

/** Reads a topic from its beginning until `count` records have arrived. */
export const readTexts = async (
  log: Transport,
  topic: string,
  partitions: number,
  count: number,
): Promise<readonly (readonly [key: string, value: string])[]> => {
  const consumer = await log.consumer({ clientId: 'test' });
  consumer.assign(partitionsOf(topic, partitions).map((one) => ({ ...one, offset: 0 })));
  const texts: (readonly [string, string])[] = [];
  for (const deadline = Date.now() + patience; texts.length < count; ) {
    if (Date.now() > deadline)
      throw new Error(`${topic} has ${texts.length} records after ${patience} ms, not ${count}`);
    for (const { key, value } of await consumer.poll(1_000, 100)) texts.push([textOf(key), textOf(value)]);
  }
  await consumer.close();
  return texts;
};

/** Returns the number of records in the partitions of a topic. */
export const countTexts = async (log: Transport, topic: string, partitions: number): Promise<number> => {
  const consumer = await log.consumer({ clientId: 'test' });
  const ends = await consumer.offsets(partitionsOf(topic, partitions), 'latest');
  await consumer.close();
  return ends.reduce((sum, end) => sum + end, 0);
};

/** Returns the first `count` partitions of a topic. */
export const partitionsOf = (topic: string, count: number): readonly TopicPartition[] =>
  Array.from({ length: count }, (_, partition) => ({ topic, partition }));

const textOf = (bytes: Uint8Array | null): string => (bytes === null ? '' : fromUtf8(bytes));
