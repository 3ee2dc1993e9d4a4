/** State of an old version of an application, read by a new one. */
import { describe, expect, test } from '@jest/globals';
import { level } from '@kstreams/level';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import {
  type App,
  type Backend,
  double,
  embedded,
  fromAsyncIterable,
  json,
  memory,
  type Serde,
  type Streams,
  start,
  streams,
  string,
  topic,
  tumbling,
} from 'kstreams';

const newFolder = temporaryFolders();
const sales = topic('sales', { key: string, value: double });

type Version = (app: Streams) => void;

const counting =
  (name: string): Version =>
  (app) =>
    void app.stream(sales).groupByKey().count({ name });
const countingPositive: Version = (app) =>
  void app
    .stream(sales)
    .filter((value) => value > 0)
    .groupByKey()
    .count({ name: 'counts' });
const countingAndSumming: Version = (app) => {
  counting('counts')(app);
  summing(double)(app);
};
const countingPer =
  (length: '1m' | '2m'): Version =>
  (app) =>
    void app.stream(sales).groupByKey().window(tumbling(length)).count({ name: 'windows' });
const summing =
  (value: Serde<number>): Version =>
  (app) =>
    void app
      .stream(sales)
      .groupByKey()
      .aggregate(
        () => 0,
        (sum, sale) => sum + sale,
        { name: 'sums', value },
      );

const options = { commitInterval: 0, logger: quiet };

/** Runs the old version over two records. Returns the new version, started, and a function that sends it a record. */
const deployed = async (old: Version, current: Version, state: () => Backend) => {
  const [transport, folder] = [embedded(), await newFolder()];
  let sent = 0;
  const run = async (version: Version, backend: Backend) => {
    const app = streams('shop');
    version(app);
    const running = await start(app, { ...options, transport, folder, state: backend });
    await running.running();
    return running;
  };
  const send = async (app: App, key: string, value: number, timestamp: number) => {
    await fromAsyncIterable(ReadableStream.from([{ key, value, timestamp }]), sales, { transport });
    sent += 1;
    await awaitCommitted(transport, app, { topic: 'sales', partition: 0 }, sent);
  };
  const first = await run(old, level());
  await send(first, 'ann', 1, 0);
  await send(first, 'bob', 2, 90_000);
  await first.close();
  const app = await run(current, state());
  return { app, send: () => send(app, 'ann', 4, 100_000) };
};

const rowsOf = async (app: App, store: string): Promise<unknown> => {
  const rows: unknown[] = [];
  for await (const [key, { value }] of app.view(store).all()) rows.push([key, value]);
  return rows;
};

const minute = (key: string, from: number, to = from + 1) => ({ key, start: from * 60_000, end: to * 60_000 });

describe.each([
  ['kept on disk', level],
  ['restored from the changelog, into another backend', memory],
])('state that is %s', (_, state) => {
  test.each<[what: string, store: string, old: Version, current: Version, before: unknown[], after: unknown[]]>([
    [
      'is kept with other steps and functions around it',
      'counts',
      counting('counts'),
      countingPositive,
      [
        ['ann', 1],
        ['bob', 1],
      ],
      [
        ['ann', 2],
        ['bob', 1],
      ],
    ],
    ['is empty under another name', 'counted', counting('counts'), counting('counted'), [], [['ann', 1]]],
    ['of a new store begins empty', 'sums', counting('counts'), countingAndSumming, [], [['ann', 4]]],
    [
      'is kept beside a new store',
      'counts',
      counting('counts'),
      countingAndSumming,
      [
        ['ann', 1],
        ['bob', 1],
      ],
      [
        ['ann', 2],
        ['bob', 1],
      ],
    ],
    [
      'keeps windows of another length as they are',
      'windows',
      countingPer('1m'),
      countingPer('2m'),
      [
        [minute('ann', 0), 1],
        [minute('bob', 1), 1],
      ],
      [
        [minute('ann', 0), 1],
        [minute('ann', 0, 2), 1],
        [minute('bob', 1), 1],
      ],
    ],
  ])('%s', async (_, store, old, current, before, after) => {
    const { app, send } = await deployed(old, current, state);
    expect(await rowsOf(app, store)).toEqual(before);
    await send();
    expect(await rowsOf(app, store)).toEqual(after);
    await app.close();
  });

  test('fails the record that meets a row of another serde', async () => {
    const { app, send } = await deployed(summing(double), summing(json()), state);
    await send();
    await expect(app.closed).rejects.toThrow('store "sums" cannot decode a row');
  });
});
