/**
 * Measures an application on a Kafka cluster against a loop of the raw client: the same topics, records and
 * partitioner, one group member each, offsets committed at the end. The loop decodes nothing: it appends bytes to
 * bytes.
 */
import { partitionFor } from '@kstreams/core';
import { kafka } from 'kstreams/kafka';
import type { Benchmark, Trial } from '../benchmark.js';
import { bytesOf, fill, type Names, partitions, runApplication } from '../orders.js';
import { rawLoop } from '../raw-kafka.js';

/** Returns a cluster with orders, and a trial that makes receipts of them. */
const trial = async (brokers: string, size: number, run: (names: Names) => Promise<void>): Promise<Trial> => {
  const application = `bench-${process.pid}-${performance.now().toString(36).replace('.', '-')}`;
  const names: Names = { application, orders: `${application}-orders`, receipts: `${application}-receipts` };
  const transport = kafka({ brokers });
  await fill(transport, names, size);
  return {
    run: () => run(names),
    result: () => bytesOf(transport, names.receipts),
    close: async () => {
      await (await transport.admin()).delete([names.orders, names.receipts]);
      await transport.close();
    },
  };
};

const suffix = Buffer.from(': received');

/** From a record on a cluster to its result there, with joining and leaving the group. */
export const kafkaCluster = (brokers: string): Benchmark => ({
  name: 'kafka-cluster',
  compares: 'stream → map → to on Kafka; a loop of the raw client from consume to produce',
  unit: 'records',
  size: 200_000,
  kstreams: (size) =>
    trial(brokers, size, async (names) => {
      const transport = kafka({ brokers });
      await runApplication(transport, names, size);
      await transport.close();
    }),
  byHand: (size) =>
    trial(brokers, size, ({ application, orders, receipts }) =>
      rawLoop({ brokers, group: application, from: orders, to: receipts, count: size }, ({ key, value }) => ({
        key,
        value: Buffer.concat([value, suffix]),
        partition: partitionFor(key, partitions),
      })),
    ),
});
