import type { Transport } from '@kstreams/core';
import { int32 } from '@kstreams/serde';
import { memory } from '@kstreams/stores';
import { start, streams, topic } from 'kstreams';
import type { CallOrder } from 'kstreams/authors';
import { concurrency, records, work } from './work.js';

const at = { topic: '', headers: [] };
const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** One row of the table: an order and a number of keys. */
export interface Case {
  readonly order: CallOrder;
  readonly keys: number;
}

/**
 * Writes the records to a topic of one partition, then processes them. Returns the time from the first call to the
 * last commit, in ms.
 */
export const runOn = async (transport: Transport, name: string, { keys, order }: Case): Promise<number> => {
  const admin = await transport.admin();
  await admin.create([{ name, partitions: 1, config: {} }]);
  const producer = await transport.producer({ clientId: name });
  for (let i = 0; i < records; i++) {
    const [key, value] = [int32.encode(i % keys, at), int32.encode(i, at)];
    producer.send({ topic: name, partition: 0, key, value, timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();

  const chain = streams(`${name}-app`);
  let begun = 0;
  let left = records;
  let finished = (): void => {};
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  chain
    .stream(topic(name, { key: int32, value: int32 }))
    .mapAsync(
      (index) => {
        if (begun === 0) begun = performance.now();
        return work(index).then(() => index);
      },
      { concurrency, order, value: int32 },
    )
    .forEach(() => {
      if (--left === 0) finished();
    });
  const app = await start(chain, { transport, state: memory(), folder: `.kstreams/${name}`, logger: quiet });
  await done;
  await app.close();
  const length = performance.now() - begun;
  await admin.delete([name]);
  await admin.close();
  return length;
};
