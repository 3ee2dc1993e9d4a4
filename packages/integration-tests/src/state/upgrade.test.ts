import { expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import {
  type Backend,
  double,
  embedded,
  json,
  memory,
  type Serde,
  start,
  streams,
  string,
  type Table,
  type Transport,
  topic,
} from 'kstreams';
import { toUtf8 } from 'kstreams/authors';
import { z } from 'zod';

const newFolder = temporaryFolders();
const sales = topic('sales', { key: string, value: double });
const first = z.strictObject({ total: z.number() });
const second = z.strictObject({ cents: z.number(), sales: z.number() });

/** The application before and after the upgrade: each row holds cents, and later also a number of sales. */
const before = () => {
  const app = streams('accounts');
  const grouped = app.stream(sales).groupByKey();
  const value: Serde<z.infer<typeof first>> = json(first);
  const add = (aggregate: z.infer<typeof first>, sale: number) => ({ total: aggregate.total + sale });
  return {
    app,
    table: grouped.aggregate(() => ({ total: 0 }), add, { name: 'accounts', value }) as Table<string, unknown>,
  };
};
const after = () => {
  const app = streams('accounts');
  const value = json(second, { upgrade: (older) => ({ cents: 100 * first.parse(older).total, sales: 0 }) });
  const table = app
    .stream(sales)
    .groupByKey()
    .aggregate(
      () => ({ cents: 0, sales: 0 }),
      (aggregate, sale) => ({ cents: aggregate.cents + 100 * sale, sales: aggregate.sales + 1 }),
      { name: 'accounts', value },
    );
  return { app, table: table as Table<string, unknown> };
};

const send = async (log: Transport, rows: readonly (readonly [string, number])[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (const [key, value] of rows) {
    const bytes = double.encode(value, { topic: 'sales', headers: [] });
    producer.send({ topic: 'sales', partition: 0, key: toUtf8(key), value: bytes, timestamp: 1, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

test.each<[string, (again: boolean) => Backend]>([
  ['kept on disk', () => level()],
  ['restored from the changelog', () => memory()],
])('rows of an older shape, %s, are upgraded when they are read after a deploy', async (_, state) => {
  const folder = await newFolder();
  const log = embedded();
  await (await log.admin()).create([{ name: 'sales', partitions: 1, config: {} }]);
  const options = (again: boolean) => ({
    transport: log,
    state: state(again),
    folder,
    commitInterval: 0,
    logger: quiet,
  });
  const old = await start(before().app, options(false));
  await send(log, [
    ['ann', 1],
    ['bob', 2],
    ['ann', 3],
  ]);
  await awaitCommitted(log, old, { topic: 'sales', partition: 0 }, 3);
  await old.close();
  const { app, table } = after();
  const now = await start(app, options(true));
  await now.running();
  expect(now.view(table).get('bob')).toEqual({ cents: 200, sales: 0 });
  await send(log, [['ann', 5]]);
  await awaitCommitted(log, now, { topic: 'sales', partition: 0 }, 4);
  expect(now.view(table).get('ann')).toEqual({ cents: 900, sales: 1 });
  const all: unknown[] = [];
  for await (const [key, { value }] of now.view(table).all()) all.push([key, value]);
  expect(all).toEqual([
    ['ann', { cents: 900, sales: 1 }],
    ['bob', { cents: 200, sales: 0 }],
  ]);
  await now.close();
});
