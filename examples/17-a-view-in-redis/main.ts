/**
 * A table that other programs read from Redis: an application keeps its state there in JSON, and a plain client gets a row.
 * Prints the row (`.ci/redis stop` ends the server).
 *
 *     KSTREAMS_REDIS=$(.ci/redis start) node --import ./tools/run/register.js examples/17-a-view-in-redis/main.ts
 */
import { pathToFileURL } from 'node:url';
import { redis } from '@kstreams/redis';
import { embedded, fromAsyncIterable, json, start, streams, string, topic } from 'kstreams';
import { createClient } from 'redis';

const orders = topic('orders', { key: string, value: json<{ readonly total: number }>() });

/** The sum and number of a customer's orders. */
interface Spending {
  readonly sum: number;
  readonly orders: number;
}

const spending = () => {
  const app = streams('shop');
  app
    .stream(orders)
    .groupByKey()
    .aggregate(
      (): Spending => ({ sum: 0, orders: 0 }),
      (all, { total }) => ({ sum: all.sum + total, orders: all.orders + 1 }),
      { name: 'spending', value: json<Spending>() },
    );
  return app;
};

/** Keeps the state of an application in Redis while a customer orders twice. */
const runShop = async (address: string, space: string): Promise<void> => {
  const client = await createClient({ url: `redis://${address}` }).connect();
  const transport = embedded();
  await (await transport.admin()).create([{ name: orders.name, partitions: 1, config: {} }]);
  const app = await start(spending(), { transport, state: redis({ client, space, format: 'json' }) });
  await fromAsyncIterable(ordersOfAnn(), orders, { transport });
  while (app.counts.processed < 2) await new Promise((resolve) => setImmediate(resolve));
  await app.close();
  await transport.close();
  await client.close();
};

async function* ordersOfAnn() {
  yield { key: 'ann', value: { total: 30 } };
  yield { key: 'ann', value: { total: 12 } };
}

/** Returns the row of a customer, as a program without kstreams reads it. */
const readSpending = async (address: string, space: string, customer: string): Promise<unknown> => {
  const client = await createClient({ url: `redis://${address}` }).connect();
  const row = await client.get(`kstreams:{${space}}:json:spending/0/${customer}`);
  await client.close();
  return row === null ? undefined : JSON.parse(row);
};

/** Runs the application, then reads its table from Redis with another client. */
export const readFromRedis = async (address: string, space: string): Promise<unknown> => {
  await runShop(address, space);
  return readSpending(address, space, 'ann');
};

const [, started] = process.argv;
if (started !== undefined && pathToFileURL(started).href === import.meta.url) {
  const address = process.env.KSTREAMS_REDIS;
  if (!address) throw new Error('set KSTREAMS_REDIS to host:port of a Redis');
  console.log(await readFromRedis(address, `shop-${crypto.randomUUID()}`));
}
