/** An application on the embedded log against a loop of its consumer and producer: the same log, records, serdes, partitioner and commits. */
import { type Bytes, noHeaders, partitionFor, type Transport } from '@kstreams/core';
import { embedded } from '@kstreams/embedded';
import { string } from '@kstreams/serde';
import { memory } from '@kstreams/stores';
import { start, streams, topic } from 'kstreams';
import type { Benchmark, Trial } from '../benchmark.js';
import { temporaryFolder } from '../temporary-folder.js';

const partitions = 4;
/** As many as a worker polls at once, and lets be unacknowledged. */
const pollLength = 2_000;
const backlogLimit = 50_000;

const orders = topic('orders', { key: string, value: string });
const receipts = topic('receipts', { key: string, value: string });

const receiptOf = (order: string): string => `${order}: received`;

/** A durable log with so many orders in it, and a trial that makes receipts of them. */
const trial = async (size: number, run: (transport: Transport, size: number) => Promise<void>): Promise<Trial> => {
  const folder = await temporaryFolder();
  const transport = embedded({ folder: folder.path });
  const admin = await transport.admin();
  await admin.create([orders, receipts].map(({ name }) => ({ name, partitions, config: {} })));
  const producer = await transport.producer({ clientId: 'orders' });
  for (let i = 0; i < size; i++) {
    const at = { topic: orders.name, headers: noHeaders };
    const key = string.encode(`customer-${i % 1_000}`, at);
    const value = string.encode(`order ${i} of some hundred bytes ${'.'.repeat(70)}`, at);
    producer.send({
      topic: orders.name,
      partition: partitionFor(key, partitions),
      key,
      value,
      timestamp: i,
      headers: [],
    });
  }
  await producer.flush();
  return {
    run: () => run(transport, size),
    result: () => bytesOf(transport, receipts.name),
    close: async () => {
      await transport.close();
      await folder.remove();
    },
  };
};

const placesOf = (name: string) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition, offset: 0 }));

/** How many bytes the values of a topic have, each weighed with its offset. */
const bytesOf = async (transport: Transport, name: string): Promise<number> => {
  const consumer = await transport.consumer({ clientId: 'result' });
  const places = placesOf(name);
  consumer.assign(places);
  let sum = 0;
  while (places.some((place) => !consumer.caughtUp(place))) {
    for (const { offset, value } of await consumer.poll(pollLength, 0)) sum += (value as Bytes).length * (offset + 1);
  }
  await consumer.close();
  return sum;
};

const application = async (transport: Transport, size: number): Promise<void> => {
  const shop = streams('shop');
  shop
    .stream(orders)
    .map((order, customer) => [customer, receiptOf(order)], { key: string, value: string })
    .to(receipts);
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const app = await start(shop, { transport, state: memory(), logger: silent });
  while (app.counts.processed < size) await new Promise((resolve) => setTimeout(resolve, 1));
  await app.close();
};

const loop = async (transport: Transport, size: number): Promise<void> => {
  const consumer = await transport.consumer({ clientId: 'loop', group: 'loop' });
  const producer = await transport.producer({ clientId: 'loop' });
  const places = placesOf(orders.name);
  consumer.assign(places);
  for (let done = 0; done < size; ) {
    for (const { headers, key, timestamp, topic: from, value } of await consumer.poll(pollLength, 100)) {
      const read = { topic: from, headers };
      const customer = string.decode(key as Bytes, read);
      const order = string.decode(value as Bytes, read);
      const written = { topic: receipts.name, headers };
      const bytes = string.encode(customer, written);
      producer.send({
        topic: receipts.name,
        partition: partitionFor(bytes, partitions),
        key: bytes,
        value: string.encode(receiptOf(order), written),
        timestamp,
        headers,
      });
      done++;
    }
    if (producer.backlog > backlogLimit) await producer.drain(backlogLimit / 2);
  }
  await producer.flush();
  await consumer.commit(places.map((place) => ({ ...place, offset: consumer.position(place) as number })));
  await consumer.close();
  await producer.close();
};

/** From a record in the log to its result in the log, start and close included. */
export const embeddedLog: Benchmark = {
  name: 'embedded-log',
  compares: 'stream → map → to on the embedded log; a loop of its consumer and producer',
  unit: 'records',
  size: 200_000,
  kstreams: (size) => trial(size, application),
  byHand: (size) => trial(size, loop),
};
