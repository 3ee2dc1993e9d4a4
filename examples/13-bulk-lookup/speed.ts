/**
 * Runs each kind of lookup of 13-bulk-lookup on the same orders, and prints their times.
 *
 *     KSTREAMS_REDIS=$(.ci/redis start) node --import ./tools/run/register.js examples/13-bulk-lookup/speed.ts
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { embedded, fromAsyncIterable, memory, start, toAsyncIterable } from 'kstreams';
import { connect, type Lookup, named, nameKey, naming, orders, type Redis } from './main.js';

const customers = Array.from({ length: 1_000 }, (_, i) => `c${i}`);

/** Writes the names of all customers to Redis. */
export const nameAll = async (redis: Redis): Promise<void> => {
  await redis.mSet(customers.map((customer): [string, string] => [nameKey({ customer }), `Customer ${customer}`]));
};

/** Names `count` orders on a log in memory. Returns the time taken, in ms. */
export const timed = async (redis: Redis, lookup: Lookup, count: number): Promise<number> => {
  const folder = await mkdtemp(join(tmpdir(), 'kstreams-naming-'));
  const transport = embedded();
  await fromAsyncIterable(ordersOf(count), orders, { transport });
  const begun = performance.now();
  const app = await start(naming(redis, lookup), { transport, folder, state: memory() });
  let left = count;
  for await (const _ of toAsyncIterable(named, { transport })) if (--left === 0) break;
  const length = performance.now() - begun;
  await app.close();
  await transport.close();
  await rm(folder, { recursive: true });
  return length;
};

async function* ordersOf(count: number) {
  for (let i = 0; i < count; i++) {
    const customer = customers[i % customers.length] as string;
    yield { key: customer, value: { customer, total: i }, timestamp: i };
  }
}

const [, started] = process.argv;
if (started !== undefined && pathToFileURL(started).href === import.meta.url) {
  const redis = await connect(process.env.KSTREAMS_REDIS ?? 'localhost:6379');
  await nameAll(redis);
  const ways: readonly Lookup[] = ['one by one', 'side by side', 'in batches'];
  for (const way of ways) await timed(redis, way, 5_000);
  let slowest = 0;
  for (const way of ways) {
    const length = await timed(redis, way, 50_000);
    slowest ||= length;
    console.log(`${way}: ${Math.round(length)} ms, ${(slowest / length).toFixed(1)} times as fast as one by one`);
  }
  await redis.close();
}
