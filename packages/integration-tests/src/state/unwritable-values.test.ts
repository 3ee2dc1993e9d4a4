/** Values that cannot be written, in a running application: each costs its record, by the error policy, and nothing else. */

import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import {
  bytes,
  type Decision,
  embedded,
  fromAsyncIterable,
  json,
  memory,
  type StartOptions,
  type Streams,
  start,
  streams,
  string,
  topic,
  tumbling,
  within,
} from 'kstreams';

interface Priced {
  readonly price: string;
}
const prices = topic('prices', { key: string, value: json<Priced>() });
const others = topic('others', { key: string, value: string });
const out = topic('out', { key: string, value: string });
const sum = json<{ readonly total: number }>();

const add = (so: { readonly total: number }, { price }: Priced) => ({ total: so.total + Number(price) });
const zero = () => ({ total: 0 });

/** Topologies that store a total or a price; a price that is no number makes a NaN. */
const topologies: Readonly<Record<string, (app: Streams) => void>> = {
  aggregate: (app) => {
    const totals = app.stream(prices).groupByKey().aggregate(zero, add, { name: 'sums', value: sum });
    totals
      .toStream()
      .mapValues((row) => `${row?.total}`, { value: string })
      .to(out);
  },
  window: (app) => {
    const totals = app
      .stream(prices)
      .groupByKey()
      .window(tumbling('1h'))
      .aggregate(zero, add, { name: 'sums', value: sum });
    totals
      .toStream()
      .map((row, { key }) => [key, `${row?.total}`], { key: string, value: string })
      .to(out);
  },
  join: (app) => {
    const totals = app.stream(prices).mapValues((one) => add(zero(), one), { value: sum });
    totals.leftJoin(app.stream(others), within('1h'), ({ total }) => `${total}`, { value: string }).to(out);
    totals.mapValues((row) => `${row?.total}`, { value: string }).to(out);
  },
  table: (app) => {
    const totals = app
      .stream(prices)
      .mapValues((one) => add(zero(), one), { value: sum })
      .toTable({ name: 'sums' });
    totals
      .toStream()
      .mapValues((row) => `${row?.total}`, { value: string })
      .to(out);
  },
};

const text = new TextDecoder();
const run = async (
  build: (app: Streams) => void,
  inputs: readonly string[],
  decision: Decision,
  options: StartOptions,
) => {
  const transport = embedded();
  const admin = await transport.admin();
  await admin.create([{ name: 'letters', partitions: 1, config: {} }]);
  await admin.close();
  const write = async function* () {
    for (const [i, price] of inputs.entries()) yield { key: 'k', value: { price }, timestamp: i };
  };
  await fromAsyncIterable(write(), prices, { transport });
  const state = memory();
  const begin = () => {
    const app = streams('shop');
    build(app);
    return start(app, { transport, state, logger: quiet, commitInterval: 0, onError: () => decision, ...options });
  };
  const app = await begin();
  await awaitCommitted(transport, app, { topic: 'prices', partition: 0 }, inputs.length);
  await app.close();
  const again = await begin();
  await again.running();
  await again.close();
  const values = async (name: string) =>
    (await readTopic(transport, name)).map(({ value }) => text.decode(value ?? undefined));
  const results = { states: [app.state, again.state], processed: again.counts.processed, drops: app.drops };
  const found = { ...results, out: await values('out'), letters: await values('letters') };
  await transport.close();
  return found;
};

const guarantees = [{ guarantee: 'at-least-once' }, { guarantee: 'exactly-once' }] as const;
const cases = guarantees.flatMap((how) => Object.entries(topologies).map(([name, build]) => ({ ...how, name, build })));

test.each(cases)('$name, $guarantee: a skipped record leaves no trace', async ({ build, guarantee }) => {
  const all = await run(build, ['1', 'n/a', '2', '3'], 'skip', { guarantee });
  const good = await run(build, ['1', '2', '3'], 'skip', { guarantee });
  expect(all.states).toEqual(['closed', 'closed']);
  expect(all.processed).toBe(0);
  expect([...all.drops.values()]).toEqual([1]);
  expect(all.out).toEqual(good.out);
});

test.each(cases)('$name, $guarantee: a dead letter has the record as it was read', async ({ build, guarantee }) => {
  const all = await run(build, ['1', 'n/a', '2', '3'], { deadLetter: 'letters' }, { guarantee });
  expect(all.states).toEqual(['closed', 'closed']);
  expect(all.letters).toEqual(['{"price":"n/a"}']);
});

test('without a policy the application fails at the record, with its position', async () => {
  const transport = embedded();
  const write = async function* () {
    for (const price of ['1', 'n/a', '2']) yield { key: 'k', value: { price }, timestamp: 1 };
  };
  await fromAsyncIterable(write(), prices, { transport });
  const shop = streams('shop');
  topologies.aggregate?.(shop);
  const app = await start(shop, { transport, state: memory(), logger: quiet });
  await expect(app.closed).rejects.toThrow(
    /store "sums" cannot encode a value: JSON cannot hold NaN at total.*topic prices, partition 0, offset 1/,
  );
  await transport.close();
});

test('a restore from the source topic skips the record that processing skipped', async () => {
  const transport = embedded();
  const raw = topic('rates', { key: string, value: bytes });
  const rates = topic('rates', { key: string, value: json<{ readonly rate: number }>() });
  const admin = await transport.admin();
  await admin.create([{ name: 'rates', partitions: 1, config: { 'cleanup.policy': 'compact' } }]);
  await admin.close();
  const write = async function* () {
    for (const [i, rate] of ['1', '1e400', '2'].entries())
      yield { key: i === 2 ? 'b' : 'a', value: new TextEncoder().encode(`{"rate":${rate}}`), timestamp: i };
  };
  await fromAsyncIterable(write(), raw, { transport });
  const rows = async () => {
    const shop = streams('shop');
    const table = shop.table(rates, { name: 'rates' });
    const app = await start(shop, {
      transport,
      state: memory(),
      commitInterval: 0,
      logger: quiet,
      onError: () => 'skip',
    });
    await app.running();
    if (app.counts.processed < 3) await awaitCommitted(transport, app, { topic: 'rates', partition: 0 }, 3);
    const found: unknown[] = [];
    for await (const [key, { value }] of app.view(table).all()) found.push([key, value]);
    await app.close();
    return [app.state, found];
  };
  const first = await rows();
  expect(first).toEqual([
    'closed',
    [
      ['a', { rate: 1 }],
      ['b', { rate: 2 }],
    ],
  ]);
  expect(await rows()).toEqual(first);
  await transport.close();
});
