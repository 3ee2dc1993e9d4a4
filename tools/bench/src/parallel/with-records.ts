import { int32, type Transport } from 'kstreams';
import { records } from './work.js';

const at = { topic: '', headers: [] };

/** Writes the records with some keys to a new topic of one partition, and deletes it after a run. Returns the result of the run. */
export const withRecords = async <R>(
  transport: Transport,
  topic: string,
  keys: number,
  run: () => Promise<R>,
): Promise<R> => {
  const admin = await transport.admin();
  await admin.create([{ name: topic, partitions: 1, config: {} }]);
  const producer = await transport.producer({ clientId: topic });
  for (let i = 0; i < records; i++) {
    const [key, value] = [int32.encode(i % keys, at), int32.encode(i, at)];
    producer.send({ topic, partition: 0, key, value, timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();
  const result = await run();
  await admin.delete([topic]);
  await admin.close();
  return result;
};
