/**
 * Measures an application on the embedded log against a loop of its consumer and producer: the same log, records,
 * serdes, partitioner and commits.
 */
import { type Bytes, partitionFor, type Transport } from '@kstreams/core';
import { embedded } from '@kstreams/embedded';
import { levelLog } from '@kstreams/level';
import { string } from '@kstreams/serde';
import type { Benchmark, Trial } from '../benchmark.js';
import {
  backlogLimit,
  bytesOf,
  fill,
  type Names,
  partitions,
  placesOf,
  pollLength,
  receiptOf,
  runApplication,
} from '../orders.js';
import { temporaryFolder } from '../temporary-folder.js';

const names: Names = { application: 'shop', orders: 'orders', receipts: 'receipts' };

/** Returns a durable log with orders, and a trial that makes receipts of them. */
const trial = async (size: number, run: (transport: Transport) => Promise<void>): Promise<Trial> => {
  const folder = await temporaryFolder();
  const transport = embedded({ storage: levelLog(folder.path) });
  await fill(transport, names, size);
  return {
    run: () => run(transport),
    result: () => bytesOf(transport, names.receipts),
    close: async () => {
      await transport.close();
      await folder.remove();
    },
  };
};

const loop = async (transport: Transport, size: number): Promise<void> => {
  const consumer = await transport.consumer({ clientId: 'loop', group: 'loop' });
  const producer = await transport.producer({ clientId: 'loop' });
  const places = placesOf(names.orders);
  consumer.assign(places);
  for (let done = 0; done < size; ) {
    for (const { headers, key, timestamp, topic: from, value } of await consumer.poll(pollLength, 100)) {
      const read = { topic: from, headers };
      const customer = string.decode(key as Bytes, read);
      const order = string.decode(value as Bytes, read);
      const written = { topic: names.receipts, headers };
      const bytes = string.encode(customer, written);
      producer.send({
        topic: names.receipts,
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

/** From a record on the log to its result on the log, with start and close. */
export const embeddedLog: Benchmark = {
  name: 'embedded-log',
  compares: 'stream → map → to on the embedded log; a loop of its consumer and producer',
  unit: 'records',
  size: 200_000,
  kstreams: (size) => trial(size, (transport) => runApplication(transport, names, size)),
  byHand: (size) => trial(size, (transport) => loop(transport, size)),
};
