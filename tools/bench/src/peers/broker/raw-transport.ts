import type { Transport } from 'kstreams';
import type { RawLoop } from '../../raw-kafka.js';

/** The size of a poll, and the most records without an acknowledgement. */
const [pollSize, mostUnacknowledged] = [2_000, 50_000];

/** Copies records with a transport's consumer and producer alone, waits for acknowledgements, and commits. */
export const rawTransportLoop = async (
  transport: Transport,
  { count, from, group, to }: Omit<RawLoop, 'brokers'>,
): Promise<void> => {
  const consumer = await transport.consumer({ clientId: 'raw', group });
  const producer = await transport.producer({ clientId: 'raw' });
  const fresh: { readonly topic: string; readonly partition: number }[] = [];
  await consumer.subscribe({
    topics: [from],
    listener: {
      assigned: async (partitions) => {
        fresh.push(...partitions);
        return partitions.map((one) => ({ ...one, offset: 0 }));
      },
      revoked: async (partitions) => partitions,
      lost: async (partitions) => partitions,
    },
  });
  const next = new Map<number, number>();
  for (let done = 0; done < count; ) {
    const records = await consumer.poll(pollSize, 100);
    consumer.resume(fresh.splice(0));
    for (const record of records) {
      producer.send({ ...record, topic: to });
      next.set(record.partition, record.offset + 1);
    }
    done += records.length;
    if (producer.backlog > mostUnacknowledged) await producer.drain(mostUnacknowledged);
  }
  await producer.flush();
  await consumer.commit([...next].map(([partition, offset]) => ({ topic: from, partition, offset })));
  await Promise.all([consumer.close(), producer.close()]);
  await transport.close();
};
