import type { Received, Transport } from '@kstreams/core';

/**
 * Returns all records of a topic, without those of aborted transactions. Waits for the end of open transactions: a log may
 * acknowledge a commit before readers see its records.
 */
export const readTopic = async (log: Transport, topic: string): Promise<readonly Received[]> => {
  const admin = await log.admin();
  const count = (await admin.topics([topic])).get(topic)?.partitions ?? 0;
  await admin.close();
  const partitions = Array.from({ length: count }, (_, partition) => ({ topic, partition }));
  const reader = await log.consumer({ clientId: 'read-all' });
  const starts = await reader.offsets(partitions, 'earliest');
  const ends = await reader.offsets(partitions, 'latest-written');
  reader.assign(partitions.map((one, i) => ({ ...one, offset: starts[i] ?? 0 })));
  const records: Received[] = [];
  while (partitions.some((one, i) => (reader.position(one) ?? 0) < (ends[i] ?? 0))) {
    records.push(...(await reader.poll(10_000, 50)));
  }
  await reader.close();
  return records;
};
