/** Foreign-key joins in the whole runtime, on several partitions, against tables that are joined by hand. */
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { makeTopics, partitionsOf } from '../../../tools/jest/texts.js';
import { by, embedded, memory, partitionFor, start, streams, string, type Transport, topic, toUtf8 } from './index.js';

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const orders = topic('orders', { key: string, value: string });
const customers = topic('customers', { key: string, value: string });

interface Change {
  readonly to: 'orders' | 'customers';
  readonly key: string;
  readonly value: string | null;
}

const names = fc.constantFrom('ann', 'bob', 'cid', 'dora', 'eve');
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    fc.record({
      to: fc.constant('orders' as const),
      key: fc.integer({ min: 1, max: 12 }).map((n) => `order-${n}`),
      value: fc.option(fc.oneof(names, fc.constant('-')), { freq: 5 }),
    }),
    fc.record({
      to: fc.constant('customers' as const),
      key: names,
      value: fc.option(fc.constantFrom('Berlin', 'Bonn', 'Kiel'), { freq: 4 }),
    }),
  ),
  { minLength: 10, maxLength: 80, size: 'max' },
);

const partitions = { orders: 3, customers: 4 } as const;

const write = async (log: Transport, given: readonly Change[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  given.forEach(({ to, key, value }, timestamp) => {
    const bytes = toUtf8(key);
    const partition = partitionFor(bytes, partitions[to]);
    producer.send({
      topic: to,
      partition,
      key: bytes,
      value: value === null ? null : toUtf8(value),
      timestamp,
      headers: [],
    });
  });
  await producer.flush();
  await producer.close();
};

/** Waits until all is done that any topic holds: nothing is left to read, and nothing came meanwhile. */
const atRest = async (log: Transport, group: string, topics: readonly (readonly [string, number])[]): Promise<void> => {
  const reader = await log.consumer({ clientId: 'rest', group });
  const all = topics.flatMap(([name, count]) => partitionsOf(name, count));
  for (let before = ''; ; ) {
    const ends = await reader.offsets(all, 'latest');
    const done = (await reader.committed(all)).map((one) => one?.offset ?? 0);
    const now = `${ends} ${done}`;
    if (now === before && ends.every((end, i) => end <= (done[i] ?? 0))) break;
    before = now;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await reader.close();
};

let runs = 0;
const joined = async (kind: 'join' | 'leftJoin', given: readonly Change[]): Promise<Map<string, string>> => {
  const log = embedded();
  await makeTopics(log, ['orders'], partitions.orders);
  await makeTopics(log, ['customers'], partitions.customers);
  const name = `foreign-${runs++}`;
  const app = streams(name);
  const [left, right] = [app.table(orders, { name: 'orders' }), app.table(customers, { name: 'customers' })];
  const match = by((order: string) => (order === '-' ? null : order));
  const options = { value: string, name: 'told' };
  const told =
    kind === 'join'
      ? left.join(right, match, (order, city) => `${order} of ${city}`, options)
      : left.leftJoin(right, match, (order, city) => `${order} of ${city ?? 'nowhere'}`, options);
  const running = await start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet, workers: 2 });
  const half = Math.floor(given.length / 2);
  await write(log, given.slice(0, half));
  await write(log, given.slice(half));
  await running.running();
  await atRest(log, name, [
    ['orders', partitions.orders],
    ['customers', partitions.customers],
    [`${name}-told-subscription-registration-topic`, partitions.customers],
    [`${name}-told-subscription-response-topic`, partitions.orders],
  ]);
  const rows = new Map<string, string>();
  for await (const [key, { value }] of running.view(told).all()) rows.set(key, value);
  await running.close();
  await log.close();
  return rows;
};

const naively = (kind: 'join' | 'leftJoin', given: readonly Change[]): Map<string, string> => {
  const tables = { orders: new Map<string, string>(), customers: new Map<string, string>() };
  for (const { to, key, value } of given) {
    if (value === null) tables[to].delete(key);
    else tables[to].set(key, value);
  }
  return new Map(
    [...tables.orders].flatMap(([key, order]): (readonly [string, string])[] => {
      const city = tables.customers.get(order);
      if (city === undefined && kind === 'join') return [];
      return [[key, `${order} of ${city ?? 'nowhere'}`]];
    }),
  );
};

test.each(['join', 'leftJoin'] as const)(
  'a %s by a foreign key ends as its tables joined by hand',
  async (kind) => {
    await fc.assert(
      fc.asyncProperty(changes, async (given) => {
        expect([...(await joined(kind, given))].sort()).toEqual([...naively(kind, given)].sort());
      }),
      { numRuns: 40, endOnFailure: true },
    );
  },
  120_000,
);
