/** Keys in other bytes than their serde writes, as from a connector, in running applications. */
import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { createTopics, partitionsOf, readTexts, sendTexts } from '@kstreams/test-support/text-records';
import {
  type App,
  by,
  embedded,
  json,
  MetricRegistry,
  memory,
  type Streams,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';
import { partitionFor, toUtf8 } from 'kstreams/authors';

const customers = topic('customers', { key: json<{ id: number }>(), value: string });
const orders = topic('orders', { key: string, value: string });
const joined = topic('joined', { key: string, value: string });
const partitions = 4;
const ids = Array.from({ length: 12 }, (_, id) => id);

const compact = (id: number): string => `{"id":${id}}`;
const spaced = (id: number): string => `{"id": ${id}}`;
const partitionOf = (key: string): number => partitionFor(toUtf8(key), partitions);

const newLog = async (): Promise<Transport> => {
  const log = embedded();
  await createTopics(log, ['customers', 'orders'], partitions);
  await createTopics(log, ['joined']);
  return log;
};

/** Writes records to the partitions of their keys' bytes. */
const send = (log: Transport, to: string, records: readonly (readonly [key: string, value: string])[]) =>
  sendTexts(
    log,
    to,
    records.map(([key, value]) => [key, value, { partition: partitionOf(key) }]),
  );

/** Starts an application on a log, and keeps its warnings and the counter of such keys. */
const starting = async (log: Transport, app: Streams) => {
  const warnings: string[] = [];
  const events: object[] = [];
  const quiet = { debug: () => {}, info: () => {}, error: () => {} };
  const logger = { ...quiet, warn: (_: object, message: string) => void warnings.push(message) };
  const telemetry = new MetricRegistry();
  const running = await start(app, { transport: log, state: memory(), commitInterval: 0, logger, telemetry });
  running.events$.subscribe((event) => event.kind === 'key-bytes-differ' && events.push(event));
  await running.running();
  const counted = () =>
    telemetry
      .collect()
      .filter(({ instrument }) => instrument.name === 'kstreams.records.differing_keys')
      .map(({ attributes, value }) => [attributes['messaging.destination.name'], value]);
  return { running, events, counted, warnings: () => warnings.filter((one) => one.includes('other bytes')) };
};

const awaitRead = async (log: Transport, app: App, name: string, keys: readonly string[]): Promise<void> => {
  for (const one of partitionsOf(name, partitions)) {
    const count = keys.filter((key) => partitionOf(key) === one.partition).length;
    if (count > 0) await awaitCommitted(log, app, one, count);
  }
};

/** Writes a customer per id and then an order of each. Returns what a left join by foreign key makes of the orders. */
const joining = async (app: Streams, keyOf: (id: number) => string) => {
  const log = await newLog();
  const started = await starting(log, app);
  const keys = ids.map(keyOf);
  await send(
    log,
    'customers',
    ids.map((id) => [keyOf(id), `customer ${id}`]),
  );
  await awaitRead(log, started.running, 'customers', keys);
  await send(
    log,
    'orders',
    ids.map((id) => [`${id}`, `${id}`]),
  );
  const results = new Map(await readTexts(log, 'joined', 1, ids.length));
  const counted = started.counted();
  await started.running.close();
  return { ...started, counted, keys, results };
};

const named = { value: string, name: 'customer-of-order' } as const;

const withTables = (): Streams => {
  const app = streams('tables');
  const id = by((order: string) => ({ id: Number(order) }));
  app
    .table(orders)
    .leftJoin(app.table(customers), id, (_, customer) => customer ?? 'nobody', named)
    .toStream()
    .to(joined);
  return app;
};

test('a table with other key bytes loses foreign-key matches, is counted, and warns once', async () => {
  const { counted, events, keys, results, warnings } = await joining(withTables(), spaced);
  const found = (id: number) => partitionOf(spaced(id)) === partitionOf(compact(id));
  expect(results).toEqual(new Map(ids.map((id) => [`${id}`, found(id) ? `customer ${id}` : 'nobody'])));
  expect(ids.map(found)).toContain(false);
  expect(counted).toEqual([['customers', ids.length]]);
  expect(events).toEqual([{ kind: 'key-bytes-differ', topic: 'customers', partition: expect.any(Number), offset: 0 }]);
  const [{ partition }] = events as [{ readonly partition: number }];
  expect(keys.map(partitionOf)).toContain(partition);
  expect(warnings()).toEqual([expect.stringContaining(`"customers"`)]);
  expect(warnings()[0]).toContain(`partition ${partition} at offset 0`);
});

test('keys in the bytes of their serde find all matches, without a warning', async () => {
  const { counted, results, warnings } = await joining(withTables(), compact);
  expect(results).toEqual(new Map(ids.map((id) => [`${id}`, `customer ${id}`])));
  expect([counted, warnings()]).toEqual([[], []]);
});

test('a stream with new keys finds all matches, with any bytes of the old ones', async () => {
  const app = streams('rekeyed');
  const rekeyed = app
    .stream(customers)
    .map((customer, { id }) => [`${id}`, customer], { key: string, value: string })
    .toTable({ name: 'customers' });
  app
    .table(orders)
    .leftJoin(
      rekeyed,
      by((order) => order),
      (_, customer) => customer ?? 'nobody',
      named,
    )
    .toStream()
    .to(joined);
  const { counted, warnings } = await joining(app, spaced);
  expect([counted, warnings()]).toEqual([[], []]);
});

test('a stream that meets state by its keys is checked as well; views by key miss its rows', async () => {
  const log = await newLog();
  const app = streams('counted');
  const counts = app.stream(customers).groupByKey().count({ name: 'per-customer' });
  const { counted, running, warnings } = await starting(log, app);
  const keys = [...ids.map(spaced), compact(1)];
  await send(
    log,
    'customers',
    keys.map((key) => [key, 'seen']),
  );
  await awaitRead(log, running, 'customers', keys);
  const view = running.view(counts);
  const missed = ids.filter((id) => id !== 1 && view.get({ id }) === undefined);
  expect(missed).toEqual(ids.filter((id) => id !== 1 && partitionOf(spaced(id)) !== partitionOf(compact(id))));
  expect(missed).not.toEqual([]);
  expect(counted()).toEqual([['customers', ids.length]]);
  expect(warnings()).toHaveLength(1);
  await running.close();
});

test.each([
  ['its changelog', 'delete'],
  ['its compacted source topic', 'compact'],
] as const)('rows with other key bytes are the same after a restart from %s', async (_, cleanup) => {
  const log = embedded();
  await createTopics(log, ['customers'], 1, { 'cleanup.policy': cleanup });
  await sendTexts(log, 'customers', [
    [spaced(1), 'Ann'],
    [spaced(2), 'Bob'],
    [compact(2), 'Ben'],
    [spaced(3), 'Cid'],
  ]);
  const rows: unknown[] = [];
  for (let run = 0; run < 2; run++) {
    const app = streams('restarted');
    const table = app.table(customers, { name: 'customers' });
    const { running } = await starting(log, app);
    await awaitCommitted(log, running, { topic: 'customers', partition: 0 }, 4);
    const view = running.view(table);
    const found = ids.slice(1, 4).map((id) => view.get({ id }));
    const all: unknown[] = [];
    for await (const [{ id }, { value }] of view.all()) all.push([id, value]);
    rows.push({ found, all });
    await running.close();
  }
  const all = [
    [1, 'Ann'],
    [2, 'Ben'],
    [3, 'Cid'],
  ];
  const expected = { found: ['Ann', 'Ben', 'Cid'], all };
  expect(rows).toEqual([expected, expected]);
});
