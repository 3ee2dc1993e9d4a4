import { describe, expect, test } from '@jest/globals';
import { memory } from '@kstreams/stores';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { rawSchema, schemaSerde } from '@kstreams/test-support/schema-serde';
import { slowStore } from '@kstreams/testing';
import {
  by,
  countSerde,
  embedded,
  fromAsyncIterable,
  json,
  type OnError,
  type Serde,
  start,
  streams,
  string,
  toAsyncIterable,
  topic,
} from 'kstreams';

interface Order {
  readonly customer: string;
  readonly total: number;
}

/** Every kind of place where a value may be pending: sources, sinks, repartitions, tables, global tables, changelogs. */
const shop = (order: Serde<Order>) => {
  const [orders, names] = [
    topic('orders', { key: string, value: order }),
    topic('names', { key: string, value: order }),
  ];
  const app = streams('shop');
  const stream = app.stream(orders);
  const labels = app.globalTable(names, { name: 'labels' });
  const totals = stream
    .groupBy(({ customer }) => customer, { key: string })
    .aggregate(
      (): Order => ({ customer: '', total: 0 }),
      (sum, { customer, total }) => ({ customer, total: sum.total + total }),
      { name: 'totals', value: order },
    );
  totals
    .toStream()
    .leftJoin(
      labels,
      by(({ customer }) => customer),
      (sum, label): Order => ({ customer: label?.customer ?? sum.customer, total: sum.total }),
      { value: order },
    )
    .to(topic('totals', { key: string, value: order }));
  stream
    .groupByKey()
    .count({ name: 'per-id' })
    .toStream()
    .to(topic('counts', { key: string, value: countSerde }));
  return { app, orders, names, totals };
};

const countTopic = topic('counts', { key: string, value: countSerde });

async function* each<T>(...all: readonly T[]) {
  yield* all;
}

const entries = (count: number): { key: string; value: Order; timestamp: number }[] =>
  Array.from({ length: count }, (_, i) => ({
    key: `o${(i * 5) % 17}`,
    value: { customer: `c${(i * i) % 7}`, total: i },
    timestamp: i,
  }));

/** Runs the shop until all its output is there. Returns the output of each key, in order. */
const run = async (order: Serde<Order>, state = memory(), onError?: OnError) => {
  const transport = embedded();
  const { app, names, orders } = shop(order);
  await fromAsyncIterable(
    each(
      ...Array.from({ length: 4 }, (_, i) => ({ key: `c${i}`, value: { customer: `C${i}`, total: 0 }, timestamp: 0 })),
    ),
    names,
    { transport },
  );
  await fromAsyncIterable(each(...entries(120)), orders, { transport });
  const running = await start(app, { transport, state, logger: quiet, commitInterval: '5ms', liveLimit: 4, onError });
  const read = async <V>(from: ReturnType<typeof topic<string, V>>) => {
    const found = new Map<string, (V | null)[]>();
    let left = 120;
    for await (const { key, value } of toAsyncIterable(from, { transport })) {
      found.set(key, [...(found.get(key) ?? []), value]);
      if (--left === 0) break;
    }
    return new Map([...found].sort());
  };
  const totals = await read(topic('totals', { key: string, value: order }));
  const counts = await read(countTopic);
  await running.close();
  await transport.close();
  return { totals, counts };
};

describe('pending values change no result', () => {
  const expected = run(json<Order>());

  test('schemas that are prefetched and prepared', async () => {
    const order = schemaSerde<Order>({ idOf: (value) => 1 + ((value as Order).total % 3) });
    expect(await run(order)).toEqual(await expected);
    expect(order.loads.filter((id) => typeof id === 'number').sort()).toEqual([1, 2, 3]);
    expect(order.loads.filter((id) => typeof id === 'string').sort()).toEqual([
      'names',
      'orders',
      'shop-labels-changelog',
      'shop-totals-changelog',
      'shop-totals-repartition',
      'totals',
    ]);
  });

  test('schemas whose every first use is pending', async () => {
    const order = schemaSerde<Order>({ ahead: false, idOf: (value) => 1 + ((value as Order).total % 5) });
    expect(await run(order)).toEqual(await expected);
  });

  test('schemas and state in a slow backend', async () => {
    const backend = slowStore(memory(), { memory: 1_000 });
    expect(await run(schemaSerde<Order>({ ahead: false }), backend)).toEqual(await expected);
    expect(backend.loadedKeys).toBeGreaterThan(10);
  });
});

test('a serde that cannot be prepared keeps the application from starting, with the topic and the reason', async () => {
  const refused = schemaSerde<Order>({
    load: (id) => (id === 'totals' ? Promise.reject(new Error('schema is incompatible')) : Promise.resolve()),
  });
  await expect(run(refused)).rejects.toThrow(
    'schema cannot encode the value of topic "totals": schema is incompatible',
  );
});

test('exactly once, a clean close waits for the rows that its last commit needs', async () => {
  const [visits, names] = [
    topic('visits', { key: string, value: string }),
    topic('names', { key: string, value: string }),
  ];
  const out = topic('out', { key: string, value: string });
  const build = () => {
    const app = streams('visitors');
    app
      .stream(visits)
      .groupByKey()
      .count({ name: 'visits', emit: 'on-commit' })
      .leftJoin(app.table(names, { name: 'names' }), (count, name) => `${name} ${count}`, { value: string })
      .toStream()
      .to(out);
    return app;
  };
  const transport = embedded();
  const keys = Array.from({ length: 12 }, (_, i) => `k${i}`);
  await fromAsyncIterable(each(...keys.map((key) => ({ key, value: `n${key}`, timestamp: 0 }))), names, { transport });
  const entries = [...keys, ...keys].map((key) => ({ key, value: 'here', timestamp: 1 }));
  await fromAsyncIterable(each(...entries), visits, { transport });
  const state = slowStore(memory(), { memory: 600 });
  const long = { commitInterval: '10m', transactionTimeout: '20m' } as const;
  const options = { transport, state, logger: quiet, guarantee: 'exactly-once', liveLimit: 2, ...long } as const;
  const app = await start(build(), options);
  while (app.counts.processed < 36) await new Promise((done) => setImmediate(done));
  await app.close();
  const last = new Map<string, string | null>();
  for await (const { key, value } of toAsyncIterable(out, { transport, untilEnd: true })) last.set(key, value);
  expect([...last].sort()).toEqual(keys.map((key) => [key, `n${key} 2`] as const).sort());
  const again = await start(build(), { ...options, state: memory() });
  await again.running();
  await again.close();
  expect(again.counts.processed).toBe(0);
  await transport.close();
});

test('a view loads pending values, and its changes come in order', async () => {
  const transport = embedded();
  const value = schemaSerde<number>({ ahead: false, idOf: (one) => one as number });
  const numbers = topic('numbers', { key: string, value });
  const app = streams('viewed');
  const table = app.table(numbers, { name: 'numbers' });
  await fromAsyncIterable(
    each({ key: 'a', value: 1, timestamp: 0 }),
    topic('numbers', { key: string, value: rawSchema }),
    {
      transport,
    },
  );
  const backend = slowStore(memory(), { memory: 100 });
  const running = await start(app, { transport, state: backend, logger: quiet, commitInterval: '5ms' });
  await running.running();
  while (!running.view(table).holds('a') || running.counts.processed < 1)
    await new Promise((done) => setImmediate(done));
  expect(await running.view(table).load('a')).toBe(1);
  await running.close();
  await transport.close();
});
