/** Foreign-key joins on several partitions in running applications, against tables joined by a model. */

import { expect, test } from '@jest/globals';
import { type SimulatedInput, simulate } from '@kstreams/simulation';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { createTopics, partitionsOf } from '@kstreams/test-support/text-records';
import fc from 'fast-check';
import { by, embedded, memory, nullable, start, streams, string, type Transport, topic } from 'kstreams';
import { partitionFor, toUtf8 } from 'kstreams/authors';

const orders = topic('orders', { key: string, value: string });
const customers = topic('customers', { key: string, value: string });

interface Change {
  readonly to: 'orders' | 'customers';
  readonly key: string;
  readonly value: string | null;
}

const names = fc.constantFrom('ann', 'bob', 'cid', 'dora', 'eve');
/** An order. Changes keep its customer. */
const order = fc.tuple(names, fc.nat({ max: 2 })).map((parts) => parts.join('/'));
const customerOf = (of: string): string => of.split('/')[0] as string;
const changes: fc.Arbitrary<Change[]> = fc.array(
  fc.oneof(
    fc.record({
      to: fc.constant('orders' as const),
      key: fc.integer({ min: 1, max: 12 }).map((n) => `order-${n}`),
      value: fc.option(fc.oneof(order, fc.constant('-')), { freq: 5 }),
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

/** Waits until every topic is read to its end and stays so. */
const readToEnd = async (
  log: Transport,
  group: string,
  topics: readonly (readonly [string, number])[],
): Promise<void> => {
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
  await createTopics(log, ['orders'], partitions.orders);
  await createTopics(log, ['customers'], partitions.customers);
  const name = `foreign-${runs++}`;
  const app = streams(name);
  const [left, right] = [app.table(orders, { name: 'orders' }), app.table(customers, { name: 'customers' })];
  const match = by((order: string) => (order === '-' ? null : customerOf(order)));
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
  await readToEnd(log, name, [
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
      const city = tables.customers.get(customerOf(order));
      if (city === undefined && kind === 'join') return [];
      return [[key, `${order} of ${city ?? 'nowhere'}`]];
    }),
  );
};

test.each(['join', 'leftJoin'] as const)('a %s equals its tables joined by the model', async (kind) => {
  await fc.assert(
    fc.asyncProperty(changes, async (given) => {
      expect([...(await joined(kind, given))].sort()).toEqual([...naively(kind, given)].sort());
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test('a row that picks a missing row and changes again at once keeps no result', async () => {
  const cities = topic('cities', { key: string, value: nullable(string) });
  const app = streams('fast');
  app
    .table(orders)
    .join(
      app.table(customers),
      by((of) => customerOf(of)),
      (_, city) => city,
      { value: string },
    )
    .toStream()
    .to(cities);
  const ids = Array.from({ length: 20 }, (_, i) => `order-${i}`);
  const set = (of: string) => (id: string, i: number) => [orders, id, of, i] as const;
  const input: SimulatedInput[] = [[customers, 'ann', 'Berlin', 0], ...ids.map(set('ann/0'))];
  for (const id of ids) input.push(set('bob/0')(id, 30), set('bob/1')(id, 40));
  let [told, left] = [0, 0];
  await simulate(app, {
    seeds: 20,
    faults: [],
    input,
    check: (outcome) => {
      const last = new Map(outcome.read(cities).map(({ key, value }) => [key, value]));
      told += last.size;
      left += [...last.values()].filter((city) => city !== null).length;
    },
  });
  expect(told).toBeGreaterThan(0);
  expect(left).toBe(0);
});
