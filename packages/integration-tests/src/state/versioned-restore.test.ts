import { expect, test } from '@jest/globals';
import { run } from '@kstreams/runtime';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { TestClock } from '@kstreams/testing';
import { embedded, memory, streams, string, type Transport, topic } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const prices = topic('prices', { key: string, value: string });
const orders = topic('orders', { key: string, value: string });
const priced = topic('priced', { key: string, value: string });

const shop = () => {
  const app = streams('shop');
  const history = app.table(prices, { name: 'price-history', history: 100 });
  app
    .stream(orders)
    .leftJoin(history, (order, price) => `${order} ${price ?? 'none'}`, { value: string })
    .to(priced);
  return app;
};

const send = async (log: Transport, to: string, ...rows: [key: string, value: string | null, timestamp: number][]) => {
  const producer = await log.producer({ clientId: 'test' });
  for (const [key, value, timestamp] of rows) {
    const record = { topic: to, partition: 0, key: toUtf8(key), value: value === null ? null : toUtf8(value) };
    producer.send({ ...record, timestamp, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

test('a versioned table is restored whole from its compacted source topic, its only changelog', async () => {
  const clock = new TestClock();
  const log = embedded({ clock });
  const admin = await log.admin();
  await admin.create([{ name: 'prices', partitions: 1, config: { 'cleanup.policy': 'compact' } }]);
  const start = () =>
    run(shop(), { transport: log, state: memory(), stateFolder: 'state', clock, commitInterval: 0, liveLimit: 1 });
  const first = await start();
  await first.running();
  await send(log, 'prices', ['tea', '3', 10], ['jam', '7', 12], ['tea', '4', 20], ['tea', null, 30], ['tea', '2', 15]);
  await awaitCommitted(log, first, { topic: 'prices', partition: 0 }, 5);
  await first.close();

  const again = await start();
  await again.running();
  for (const timestamp of [9, 10, 15, 20, 30]) await send(log, 'orders', ['tea', `at ${timestamp}`, timestamp]);
  await send(log, 'orders', ['jam', 'at 99', 99]);
  await awaitCommitted(log, again, { topic: 'orders', partition: 0 }, 6);
  await again.close();
  const reader = await log.consumer({ clientId: 'reader' });
  reader.assign([{ topic: 'priced', partition: 0, offset: 0 }]);
  const values = (await reader.poll(100, 0)).map(({ value }) => new TextDecoder().decode(value as Uint8Array));
  expect(values).toEqual(['at 9 none', 'at 10 3', 'at 15 2', 'at 20 4', 'at 30 none', 'at 99 7']);
  expect([...(await admin.topics()).keys()].sort()).toEqual(['orders', 'priced', 'prices', 'shop-placement']);
  await log.close();
});
