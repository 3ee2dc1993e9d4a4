import {
  type Admin,
  type Consumer,
  type Position,
  partitionId,
  type Received,
  type TopicPartition,
  type Transport,
} from '@kstreams/core/graph';

/** Returns all partitions of the named topics, or of all topics. */
export const partitionsOf = async (admin: Admin, names?: readonly string[]): Promise<readonly TopicPartition[]> =>
  [...(await admin.topics(names)).values()].flatMap(({ name, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition })),
  );

/** Returns all committed records of partitions from the given offsets. */
export const readAll = async (log: Transport, positions: readonly Position[]): Promise<readonly Received[]> => {
  const consumer = await log.consumer({ clientId: 'reader' });
  try {
    return await readToEnd(consumer, positions);
  } finally {
    await consumer.close();
  }
};

/** True when no record follows the given offsets, not even in an open transaction. */
export const isAtEnd = async (log: Transport, positions: readonly Position[]): Promise<boolean> => {
  const consumer = await log.consumer({ clientId: 'reader' });
  try {
    const ends = await consumer.offsets(positions, 'latest-written');
    const records = await readToEnd(consumer, positions);
    return records.length === 0 && positions.every((one, i) => (consumer.position(one) ?? 0) >= (ends[i] ?? 0));
  } finally {
    await consumer.close();
  }
};

/** True when all written records are readable: no transaction is open. */
export const allReadable = async (log: Transport): Promise<boolean> => {
  const consumer = await log.consumer({ clientId: 'reader' });
  const partitions = await partitionsOf(await log.admin());
  const [readable, written] = [
    await consumer.offsets(partitions, 'latest'),
    await consumer.offsets(partitions, 'latest-written'),
  ];
  await consumer.close();
  return readable.join() === written.join();
};

const readToEnd = async (consumer: Consumer, positions: readonly Position[]): Promise<readonly Received[]> => {
  consumer.assign(positions);
  const found: Received[] = [];
  while (positions.some((one) => !consumer.caughtUp(one))) {
    const before = positions.map((one) => consumer.position(one)).join();
    const records = await consumer.poll(10_000, 0);
    for (const record of records) found.push(record);
    if (records.length === 0 && positions.map((one) => consumer.position(one)).join() === before) break;
  }
  return found;
};

/** Returns the last record of each key in each partition, without deleted keys. */
export const latestOf = (records: readonly Received[]): readonly Received[] => {
  const latest = new Map<string, Received>();
  for (const record of records) {
    const id = `${partitionId(record)}/${record.key}`;
    if (record.value === null) latest.delete(id);
    else latest.set(id, record);
  }
  return [...latest.values()];
};
