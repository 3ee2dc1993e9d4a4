import { rm } from 'node:fs/promises';
import { expect, test } from '@jest/globals';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { type App, embedded, start, streams, string, type Topic, type Transport, topic, tumbling } from './index.js';

const lines = topic('lines', { key: string, value: string });
const folder = temporaryFolders();

const wordCount = () => {
  const app = streams('word-count');
  const counts = app
    .stream(lines)
    .flatMapValues((line) => line.split(' '), { value: string })
    .groupBy((word) => word, { key: string })
    .count({ name: 'words' });
  return { app, counts };
};

/** Writes lines to the embedded log of a folder, as another producer would. */
const write = async (
  where: string,
  to: Topic<string, string>,
  texts: readonly string[],
  partitions = 1,
): Promise<void> => {
  const transport = embedded({ folder: `${where}/log` });
  const admin = await transport.admin();
  await admin.create([{ name: to.name, partitions, config: {} }]);
  const producer = await transport.producer({ clientId: 'test' });
  texts.forEach((text, i) => {
    producer.send({
      topic: to.name,
      partition: i % partitions,
      key: null,
      value: string.encode(text, { topic: to.name, headers: [] }),
      timestamp: i,
      headers: [],
    });
  });
  await producer.flush();
  await transport.close();
};

/** A logger without output. */
/** Resolves when an application has processed `count` records. */
const processed = async (app: App, count: number): Promise<void> => {
  while (app.counts.processed < count && app.state !== 'failed') await new Promise((resolve) => setImmediate(resolve));
};

const keyed = topic('lines', { key: string, value: string });

test('counts, stops and continues without repeating anything', async () => {
  const where = await folder();
  const raw = streams('word-count');
  const counts = raw
    .stream(topic('lines', { value: string }))
    .flatMapValues((line) => line.split(' '), { value: string })
    .groupBy((word) => word, { key: string })
    .count({ name: 'words' });
  await write(where, keyed, ['to be or', 'not to be']);
  const first = await start(raw, { folder: where, logger: quiet });
  await processed(first, 2 + 6);
  expect(first.view(counts).get('be')).toBe(2);
  await first.close();
  expect(first.state).toBe('closed');

  await write(where, keyed, ['be']);
  const second = await start(raw, { folder: where, logger: quiet });
  await processed(second, 2);
  const all = new Map<string, number>();
  for await (const [word, { value }] of second.view(counts).all()) all.set(word, value);
  await second.close();
  expect(second.counts.processed).toBe(2);
  expect(second.counts.restored).toBe(0);
  expect(Object.fromEntries(all)).toEqual({ be: 3, not: 1, or: 1, to: 2 });

  await rm(`${where}/state`, { recursive: true });
  const third = await start(raw, { folder: where, logger: quiet });
  await third.running();
  expect(third.counts.restored).toBe(5);
  expect(third.view(counts).get('be')).toBe(3);
  await third.close();
});

test('two workers share the partitions, and windows survive a restart', async () => {
  const where = await folder();
  const app = streams('windows');
  const perMinute = app
    .stream(topic('lines', { value: string }))
    .groupBy((line) => line, { key: string })
    .window(tumbling('1m'))
    .count({ name: 'per-minute' });
  await write(where, keyed, ['a', 'b', 'a', 'c'], 2);
  const running = await start(app, { folder: where, logger: quiet, workers: 2 });
  await processed(running, 8);
  expect(running.view(perMinute).get({ key: 'a', start: 0, end: 60_000 })).toBe(2);
  await running.close();
  const again = await start(app, { folder: where, logger: quiet });
  await again.running();
  const rows: unknown[] = [];
  for await (const [{ key }, { value }] of again.view(perMinute).all()) rows.push([key, value]);
  await again.close();
  expect(rows.sort()).toEqual([
    ['a', 2],
    ['b', 1],
    ['c', 1],
  ]);
});

test('a worker without a partition runs idle', async () => {
  const where = await folder();
  await write(where, keyed, ['a']);
  const app = streams('lines');
  app.stream(topic('lines', { value: string })).peek(() => {});
  const running = await start(app, { folder: where, logger: quiet, workers: 5 });
  await running.running();
  await processed(running, 1);
  await running.close();
  expect(running.state).toBe('closed');
});

test('a failed start leaves no group member behind', async () => {
  const where = await folder();
  await write(where, keyed, ['a', 'b'], 2);
  const app = streams('lines');
  app.stream(topic('lines', { value: string })).peek(() => {});
  const log = embedded({ folder: `${where}/log` });
  let opened = 0;
  const failing: Transport = {
    ...log,
    name: log.name,
    producer: (options) => log.producer(options),
    admin: () => log.admin(),
    close: () => log.close(),
    consumer: (options) => {
      opened++;
      return opened === 2 ? Promise.reject(new Error('no more connections')) : log.consumer(options);
    },
  };
  const options = { folder: where, logger: quiet, workers: 2 };
  await expect(start(app, { ...options, transport: failing })).rejects.toThrow('no more connections');
  const again = await start(app, { ...options, workers: 1, transport: log });
  await processed(again, 2);
  await again.close();
  await log.close();
});

test('a failing record fails the application with its coordinates', async () => {
  const where = await folder();
  const { app } = wordCount();
  await write(where, keyed, ['null key']);
  const running = await start(app, { folder: where, logger: quiet });
  await expect(running.closed).rejects.toThrow(/the key is null.*topic lines, partition 0, offset 0/);
  expect(running.state).toBe('failed');
});

test.each(['', ' ', null, 5])('the folder %p is refused before anything is opened', async (given) => {
  const refused = `is ${JSON.stringify(given)}: use a text that is not empty`;
  const unusable = given as unknown as string;
  await expect(start(wordCount().app, { folder: unusable })).rejects.toThrow(`option "folder" of start ${refused}`);
  expect(() => embedded({ folder: unusable })).toThrow(`option "folder" of embedded ${refused}`);
});

test.each([undefined, 'shop', {}])('a start of %p is refused', async (source) => {
  await expect(start(source as never)).rejects.toThrow(/^"source" of start is .*: use an application/);
});
