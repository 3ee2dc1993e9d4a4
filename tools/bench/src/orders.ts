/** Orders on a log, and receipts made of them: the work of the benchmarks from log to log. */
import { type Bytes, noHeaders, partitionFor, type Transport } from '@kstreams/core';
import { string } from '@kstreams/serde';
import { memory } from '@kstreams/stores';
import { start, streams, topic } from 'kstreams';

/** The number of partitions per topic. */
export const partitions = 4;
/** The size of a poll, as in a worker. */
export const pollLength = 2_000;
/** The limit of unacknowledged records, as in a worker. */
export const backlogLimit = 50_000;

/** Topics of one trial; a log outlives many trials. */
export interface Names {
  readonly application: string;
  readonly orders: string;
  readonly receipts: string;
}

/** Returns the receipt of an order. */
export const receiptOf = (order: string): string => `${order}: received`;

/** Creates the topics and writes the orders. */
export const fill = async (transport: Transport, { orders, receipts }: Names, size: number): Promise<void> => {
  const admin = await transport.admin();
  await admin.create([orders, receipts].map((name) => ({ name, partitions, config: { 'retention.ms': '-1' } })));
  const producer = await transport.producer({ clientId: 'orders' });
  for (let i = 0; i < size; i++) {
    const at = { topic: orders, headers: noHeaders };
    const key = string.encode(`customer-${i % 1_000}`, at);
    const value = string.encode(`order ${i} of some hundred bytes ${'.'.repeat(70)}`, at);
    producer.send({ topic: orders, partition: partitionFor(key, partitions), key, value, timestamp: i, headers: [] });
    if (producer.backlog > backlogLimit) await producer.drain(backlogLimit / 2);
  }
  await producer.flush();
  await producer.close();
};

/** Returns the partitions of a topic, from their beginnings. */
export const placesOf = (name: string) =>
  Array.from({ length: partitions }, (_, partition) => ({ topic: name, partition, offset: 0 }));

/** Returns the number of value bytes in a topic, weighted by offset. */
export const bytesOf = async (transport: Transport, name: string): Promise<number> => {
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

/** Makes receipts of orders with an application, with start and close. */
export const runApplication = async (transport: Transport, names: Names, size: number): Promise<void> => {
  const shop = streams(names.application);
  shop
    .stream(topic(names.orders, { key: string, value: string }))
    .map((order, customer) => [customer, receiptOf(order)], { key: string, value: string })
    .to(topic(names.receipts, { key: string, value: string }));
  const silent = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
  const app = await start(shop, { transport, state: memory(), logger: silent });
  while (app.counts.processed < size) await new Promise((resolve) => setTimeout(resolve, 1));
  await app.close();
};
