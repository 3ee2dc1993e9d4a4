import { noHeaders, partitionFor, toUtf8 } from '@kstreams/core';
import type { Transport } from 'kstreams';

/** The number of partitions of each topic. */
export const partitionCount = 4;
/** The number of keys. */
const keyCount = 10_000;
/** The records of the table. */
const tableSize = 20_000;
/** The number of records per ms of event time. */
const perMillisecond = 10;
/** The event time of the first record. */
const firstTimestamp = 1_700_000_000_000;

/** Returns the partitions of a topic. */
export const partitionsOf = (topic: string) =>
  Array.from({ length: partitionCount }, (_, partition) => ({ topic, partition }));

/** The input of an application. */
export interface Input {
  readonly records: number;
  /** The bytes of each value. */
  readonly bytes: number;
}

/** Creates the topics of an application. */
export const createTopics = async (transport: Transport, prefix: string): Promise<void> => {
  const admin = await transport.admin();
  const names = ['left', 'right', 'out'].map((name) => `${prefix}${name}`);
  await admin.create(names.map((name) => ({ name, partitions: partitionCount, config: { 'retention.ms': '-1' } })));
  await admin.close();
};

/** Deletes the topics of an application, internal ones too. */
export const removeTopics = async (transport: Transport, prefix: string): Promise<void> => {
  const admin = await transport.admin();
  const names = [...(await admin.topics()).keys()];
  await admin.delete(names.filter((name) => name.startsWith(prefix)));
  await admin.close();
};

/** Creates the topics of an application and writes its records; the right topic is a table with every key. */
export const writeInput = async (transport: Transport, prefix: string, { bytes, records }: Input): Promise<void> => {
  await createTopics(transport, prefix);
  const producer = await transport.producer({ clientId: 'input' });
  const value = toUtf8('v'.repeat(bytes));
  const keys = Array.from({ length: keyCount }, (_, i) => toUtf8(`key-${i}`));
  const write = async (topic: string, count: number): Promise<void> => {
    let seed = 1;
    for (let i = 0; i < count; i++) {
      seed = (Math.imul(seed, 1_103_515_245) + 12_345) | 0;
      const key = keys[(seed >>> 8) % keyCount] as Uint8Array;
      const timestamp = firstTimestamp + Math.floor(i / perMillisecond);
      const partition = partitionFor(key, partitionCount);
      producer.send({ topic, partition, key, value, timestamp, headers: noHeaders });
      if (producer.backlog > 100_000) await producer.drain(20_000);
    }
    await producer.flush();
  };
  await write(`${prefix}right`, tableSize);
  await write(`${prefix}left`, records);
  await producer.close();
};
