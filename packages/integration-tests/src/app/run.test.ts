import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import {
  type AppEvent,
  embedded,
  int32,
  json,
  memory,
  start,
  streams,
  string,
  type Transport,
  topic,
  tumbling,
  type Windowed,
} from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const newFolder = temporaryFolders();

const clicks = topic('clicks', { key: string, value: json<number>() });

/** Writes values under keys, one ms apart. */
const send = async (log: Transport, to: string, rows: readonly (readonly [string, unknown])[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  rows.forEach(([key, value], timestamp) => {
    const bytes = value === null ? null : toUtf8(JSON.stringify(value));
    producer.send({ topic: to, partition: 0, key: toUtf8(key), value: bytes, timestamp, headers: [] });
  });
  await producer.flush();
  await producer.close();
};

const collect = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
};

test('a view reads by key, range and name, and emits the changes of each commit', async () => {
  const log = embedded();
  await (await log.admin()).create([{ name: 'clicks', partitions: 1, config: {} }]);
  const app = streams('views');
  const totals = app.stream(clicks).groupByKey().count({ name: 'totals' });
  const running = await start(app, { transport: log, folder: await newFolder(), commitInterval: 0, logger: quiet });
  await running.running();
  const changes: unknown[] = [];
  running.view(totals).changes$.subscribe(({ key, row }) => changes.push([key, row?.value]));
  await send(log, 'clicks', [
    ['a', 1],
    ['c', 1],
    ['b', 1],
    ['a', 1],
  ]);
  await awaitCommitted(log, running, { topic: 'clicks', partition: 0 }, 4);
  const view = running.view(totals);
  expect(view.get('a')).toBe(2);
  expect(view.get('z')).toBeUndefined();
  expect((await collect(view.all())).map(([key, { value }]) => [key, value])).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 1],
  ]);
  expect((await collect(view.range('b', 'c'))).map(([key]) => key)).toEqual(['b']);
  expect(running.view<string, number>('totals').get('c')).toBe(1);
  expect(() => running.view('nothing')).toThrow(/keeps no store "nothing"; its stores: "totals"/);
  await running.close();
  expect(new Map(changes as [string, number][])).toEqual(
    new Map([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ]),
  );
  await log.close();
});

test('a view orders windows by time, then by key', async () => {
  const log = embedded();
  await (await log.admin()).create([{ name: 'clicks', partitions: 1, config: {} }]);
  const app = streams('windows');
  const perTwo = app.stream(clicks).groupByKey().window(tumbling(2)).count({ name: 'per-two' });
  const running = await start(app, { transport: log, folder: await newFolder(), commitInterval: 0, logger: quiet });
  await send(log, 'clicks', [
    ['b', 1],
    ['a', 1],
    ['a', 1],
    ['b', 1],
  ]);
  await awaitCommitted(log, running, { topic: 'clicks', partition: 0 }, 4);
  const named = ([{ key, start: from }, { value }]: readonly [Windowed<string>, { value: number }]) => [
    from,
    key,
    value,
  ];
  const view = running.view(perTwo);
  expect((await collect(view.all())).map(named)).toEqual([
    [0, 'a', 1],
    [0, 'b', 1],
    [2, 'a', 1],
    [2, 'b', 1],
  ]);
  const [from, to] = [
    { key: '', start: 2, end: 4 },
    { key: 'b', start: 2, end: 4 },
  ];
  expect((await collect(view.range(from, to))).map(named)).toEqual([[2, 'a', 1]]);
  await running.close();
  await log.close();
});

test('an application goes from created to closed and emits its events', async () => {
  const log = embedded();
  await (await log.admin()).create([{ name: 'clicks', partitions: 2, config: {} }]);
  const app = streams('life');
  app.stream(clicks).groupByKey().count({ name: 'totals' });
  const running = await start(app, { transport: log, state: memory(), workers: 2, logger: quiet });
  const states: string[] = [];
  const events: AppEvent[] = [];
  running.state$.subscribe({ next: (state) => states.push(state), complete: () => states.push('complete') });
  running.events$.subscribe((event) => events.push(event));
  await running.running();
  await running.close();
  await running.close();
  expect(states[0]).toMatch(/created|rebalancing/);
  expect(states.slice(-4)).toEqual(['running', 'closing', 'closed', 'complete']);
  expect(events.some(({ kind }) => kind === 'assigned')).toBe(true);
  await expect(running.running()).rejects.toThrow('the application is closed before all its tasks ran');
  await log.close();
});

test('committed records of a repartition topic are purged', async () => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create([{ name: 'clicks', partitions: 1, config: {} }]);
  const app = streams('purge');
  const byValue = app.stream(clicks).groupBy((value) => value, { key: int32 });
  byValue.count({ name: 'totals' });
  const options = { transport: log, state: memory(), commitInterval: 0, purgeInterval: 0, logger: quiet };
  const running = await start(app, options);
  await send(log, 'clicks', [
    ['a', 1],
    ['b', 2],
  ]);
  const repartition = { topic: 'purge-totals-repartition', partition: 0 };
  const reader = await log.consumer({ clientId: 'reader' });
  let first: number | undefined = 0;
  while (first !== 2 && running.state !== 'failed') {
    [first] = await reader.offsets([repartition], 'earliest');
    await new Promise((go) => setImmediate(go));
  }
  await running.close();
  expect(await reader.offsets([repartition], 'latest')).toEqual([2]);
  await log.close();
});

test("a table's topic that loses its old records is not trusted as a changelog", async () => {
  const log = embedded();
  const admin = await log.admin();
  const compacted = { 'cleanup.policy': 'compact' };
  await admin.create([
    { name: 'kept', partitions: 1, config: compacted },
    { name: 'expiring', partitions: 1, config: { 'cleanup.policy': 'delete' } },
  ]);
  const app = streams('trust');
  app.table(topic('kept', { key: string, value: json<number>() }), { name: 'rows-of-kept' });
  const table = app.table(topic('expiring', { key: string, value: json<number>() }), { name: 'rows-of-expiring' });
  await send(log, 'expiring', [
    ['a', 1],
    ['b', 2],
    ['a', null],
  ]);
  const first = await start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet });
  await awaitCommitted(log, first, { topic: 'expiring', partition: 0 }, 3);
  await first.close();
  const topics = [...(await admin.topics()).keys()].filter((name) => name.startsWith('trust-'));
  expect(topics).toEqual(['trust-rows-of-expiring-changelog', 'trust-placement']);
  await admin.purge([{ topic: 'expiring', partition: 0, offset: 3 }]);
  const second = await start(app, { transport: log, state: memory(), logger: quiet });
  await second.running();
  expect(await collect(second.view(table).all())).toEqual([['b', { value: 2, timestamp: 1 }]]);
  await second.close();
  await log.close();
});

test('refuses invalid settings before it starts', async () => {
  const app = streams('settings');
  app.stream(clicks).to(clicks);
  await expect(start(app, { transport: embedded(), state: memory(), workers: 0 })).rejects.toThrow(
    'option "workers" of start is 0: use a whole number of at least 1',
  );
});
