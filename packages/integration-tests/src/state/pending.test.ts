import { describe, expect, test } from '@jest/globals';
import { memory } from '@kstreams/stores';
import { deferredCalls } from '@kstreams/test-support/deferred-calls';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { schemaSerde } from '@kstreams/test-support/schema-serde';
import { slowStore, testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  by,
  countSerde,
  embedded,
  fromAsyncIterable,
  json,
  type OnError,
  type Serde,
  type Streams,
  start,
  streams,
  string,
  toAsyncIterable,
  topic,
  tumbling,
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

describe('in the test driver', () => {
  const order = topic('in', {
    key: string,
    value: schemaSerde<number>({ ahead: false, idOf: (value) => value as number }),
  });
  const out = topic('out', { key: string, value: string });

  const routing = (build: (app: Streams) => void, options?: Parameters<typeof testDriver>[1]) => {
    const app = streams('routing');
    build(app);
    return testDriver(app, options);
  };

  test('a pending record delays only its own key', async () => {
    const hanging = topic('in', {
      key: string,
      value: schemaSerde<number>({
        ahead: false,
        load: (id) => (id === 1 ? new Promise((resolve) => void setTimeout(resolve, 20)) : Promise.resolve()),
      }),
    });
    const driver = routing((app) => app.stream(hanging).mapValues(String, { value: string }).to(out));
    await driver.settled();
    const input = driver.input(topic('in', { key: string, value: rawSchemaWith((value) => (value < 10 ? 1 : 2)) }));
    input.pipe('b', 20, 0);
    await driver.settled();
    for (const [key, value] of [
      ['a', 1],
      ['b', 21],
      ['a', 22],
      ['b', 2],
    ] as const)
      input.pipe(key, value, 0);
    expect(
      driver
        .output(out)
        .read()
        .map(({ value }) => value),
    ).toEqual(['20', '21']);
    await driver.settled();
    expect(
      driver
        .output(out)
        .read()
        .map(({ key, value }) => `${key} ${value}`),
    ).toEqual(['a 1', 'a 22', 'b 2']);
    await driver.close();
  });

  test('behind a change of keys the whole partition waits, in order', async () => {
    const driver = routing((app) =>
      app
        .stream(order)
        .map((value) => [String(value % 2), String(value)], { key: string, value: string })
        .to(out),
    );
    const input = driver.input(topic('in', { key: string, value: rawSchema }));
    for (const value of [3, 1, 2, 1, 3]) input.pipe(`k${value}`, value, 0);
    await driver.settled();
    expect(
      driver
        .output(out)
        .read()
        .map(({ value }) => value),
    ).toEqual(['3', '1', '2', '1', '3']);
    await driver.close();
  });

  test('a window that a result closes is forwarded once the schema of its topic is loaded', async () => {
    const counts = topic('counts', { key: string, value: schemaSerde<number>({ ahead: false }) });
    const calls = deferredCalls<boolean>();
    const driver = routing((app) =>
      app
        .stream(topic('in', { key: string, value: string }))
        .filterAsync((value) => calls.call(value), { order: 'none' })
        .groupByKey()
        .window(tumbling(50, { grace: 0, emit: 'on-close' }))
        .count({ name: 'counts' })
        .toStream()
        .map((count, { key }) => [key, count ?? 0], { key: string, value: counts.value })
        .to(counts),
    );
    const input = driver.input(topic('in', { key: string, value: string }));
    input.pipe('k', 'early', 0);
    input.pipe('k', 'late', 100);
    const settled = driver.settled();
    await calls.resolve('late', true);
    await calls.resolve('early', true);
    await settled;
    const read = driver.output(topic('counts', { key: string, value: rawSchema })).read();
    expect(read.map(({ key, value }) => [key, value])).toEqual([['k', 1]]);
    await driver.close();
  });

  test('a value that cannot be loaded goes to the error policy, with the record that needs it', async () => {
    const failing = topic('in', {
      key: string,
      value: schemaSerde<number>({
        ahead: false,
        idOf: (value) => value as number,
        load: (id) => (id === 2 ? Promise.reject(new Error('no such schema')) : Promise.resolve()),
      }),
    });
    const failures: string[] = [];
    const driver = routing((app) => app.stream(failing).mapValues(String, { value: string }).to(out), {
      onError: ({ attempt, error, record }) => {
        failures.push(`${record?.offset} attempt ${attempt}: ${error.message}`);
        return 'skip';
      },
    });
    const input = driver.input(topic('in', { key: string, value: rawSchema }));
    for (const value of [1, 2, 3]) input.pipe('k', value, value);
    await driver.settled();
    expect(
      driver
        .output(out)
        .read()
        .map(({ value }) => value),
    ).toEqual(['1', '3']);
    expect(failures).toHaveLength(1);
    expect(failures[0]).toMatch(/^1 attempt 1: .*no such schema/);
    await driver.close();
  });

  test('property: any order of loads gives the results of a serde that loads nothing', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 1, max: 4 })), { maxLength: 30 }),
        fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }),
        async (records, turns) => {
          const waits = async (id: number | string): Promise<void> => {
            for (let i = 0; i < (turns[Number(id) % 4] ?? 0); i++) await new Promise((done) => void setImmediate(done));
          };
          const results = async (value: Serde<number>) => {
            const driver = routing((app) =>
              app
                .stream(topic('in', { key: string, value }))
                .groupByKey()
                .aggregate(
                  () => '',
                  (text, next) => `${text} ${next}`,
                  { name: 'texts', value: string },
                )
                .toStream()
                .to(out),
            );
            const input = driver.input(topic('in', { key: string, value: rawSchema }));
            for (const [key, one] of records) input.pipe(`k${key}`, one, 0);
            await driver.settled();
            const found = new Map<string, (string | null)[]>();
            for (const { key, value } of driver.output(out).read()) found.set(key, [...(found.get(key) ?? []), value]);
            await driver.close();
            return new Map([...found].sort());
          };
          const pending = schemaSerde<number>({ ahead: false, idOf: (value) => value as number, load: waits });
          expect(await results(pending)).toEqual(await results(rawSchema));
        },
      ),
      { numRuns: 40 },
    );
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
});

/** Returns a serde with the bytes of the fake schema serde, which loads nothing. */
const rawSchemaWith = (idOf: (value: number) => number): Serde<number> => ({
  name: 'raw schema',
  encode: (value) => Uint8Array.of(idOf(value), ...new TextEncoder().encode(String(value))),
  decode: (bytes) => Number(new TextDecoder().decode(bytes.subarray(1))),
});
const rawSchema = rawSchemaWith((value) => value);
