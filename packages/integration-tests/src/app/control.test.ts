import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { embedded, json, memory, start, streams, string, type Transport, topic } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const left = topic('left', { key: string, value: json<number>() });
const right = topic('right', { key: string, value: json<number>() });

const newLog = async (): Promise<Transport> => {
  const log = embedded();
  const admin = await log.admin();
  await admin.create(['left', 'right'].map((name) => ({ name, partitions: 2, config: {} })));
  await admin.close();
  return log;
};

const send = async (log: Transport, to: string, count: number): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (let i = 0; i < count; i++) {
    const value = toUtf8(String(i));
    producer.send({ topic: to, partition: 0, key: toUtf8('k'), value, timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

const counting = () => {
  const app = streams('counting');
  const counts = app.stream(left).merge(app.stream(right)).groupByKey().count({ name: 'counts' });
  return { app, counts };
};

const moment = (): Promise<void> => new Promise((go) => setImmediate(go));

test('a paused topic waits while others flow, and resumes at its position', async () => {
  const log = await newLog();
  const { app } = counting();
  const running = await start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet });
  await running.running();
  running.pause('left');
  await send(log, 'left', 50);
  await send(log, 'right', 20);
  await awaitCommitted(log, running, { topic: 'right', partition: 0 }, 20);
  expect(running.counts.processed).toBe(20);
  running.resume('left');
  await awaitCommitted(log, running, { topic: 'left', partition: 0 }, 50);
  expect(running.counts.processed).toBe(70);
  await running.close();
  await log.close();
});

test('a paused application processes nothing and reports its lag', async () => {
  const log = await newLog();
  const { app } = counting();
  const running = await start(app, { transport: log, state: memory(), commitInterval: 0, logger: quiet });
  await running.running();
  running.pause();
  await send(log, 'left', 30);
  const lagOf = async () => {
    const { tasks } = running.health();
    return tasks.flatMap(({ lags }) => lags).reduce((sum, { lag }) => sum + lag, 0);
  };
  while ((await lagOf()) !== 30) await moment();
  for (let i = 0; i < 20; i++) await moment();
  expect(running.counts.processed).toBe(0);
  running.resume();
  await awaitCommitted(log, running, { topic: 'left', partition: 0 }, 30);
  while ((await lagOf()) !== 0) await moment();
  expect(running.health()).toMatchObject({ live: true, ready: true });
  await running.close();
  expect(running.health()).toEqual({ live: false, ready: false, tasks: [] });
  await log.close();
});

test('health lists the tasks of each worker, and a view reports if a key is local', async () => {
  const log = await newLog();
  const { app, counts } = counting();
  const running = await start(app, { transport: log, state: memory(), workers: 2, logger: quiet });
  await running.running();
  const { tasks } = running.health();
  expect(tasks.map(({ id }) => id).sort()).toEqual(['0_0', '0_1']);
  expect(new Set(tasks.map(({ worker }) => worker))).toEqual(new Set([0, 1]));
  expect(tasks[0]).toMatchObject({ topics: ['left', 'right'], stores: ['counts'] });
  const view = running.view(counts);
  expect([0, 1]).toContain(view.partitionOf('k'));
  expect(view.holds('k')).toBe(true);
  await running.close();
  expect(view.holds('k')).toBe(false);
  await log.close();
});

test('a signal commits, closes the application and removes the signal handlers', async () => {
  const log = await newLog();
  const { app } = counting();
  const before = process.listenerCount('SIGTERM');
  const running = await start(app, { transport: log, state: memory(), signals: true, logger: quiet });
  await running.running();
  await send(log, 'left', 10);
  while (running.counts.processed < 10) await moment();
  expect(process.listenerCount('SIGTERM')).toBe(before + 1);
  process.emit('SIGTERM', 'SIGTERM');
  await running.closed;
  expect(process.listenerCount('SIGTERM')).toBe(before);
  const reader = await log.consumer({ clientId: 'reader', group: app.name });
  expect((await reader.committed([{ topic: 'left', partition: 0 }]))[0]?.offset).toBe(10);
  await log.close();
});

test('a close by signal that exceeds its timeout exits the process', async () => {
  const log = await newLog();
  const app = streams('stuck');
  const letGo: (() => void)[] = [];
  app.stream(left).process(({ onClose }) => {
    onClose(() => new Promise<void>((resolve) => letGo.push(resolve)));
    return () => {};
  });
  const options = { transport: log, state: memory(), signals: true, closeTimeout: 5, logger: quiet } as const;
  const running = await start(app, options);
  await running.running();
  const { exit } = process;
  const code = new Promise((resolve) => {
    process.exit = ((given: number) => resolve(given)) as typeof process.exit;
  });
  process.emit('SIGINT', 'SIGINT');
  expect(await code).toBe(1);
  process.exit = exit;
  for (const end of letGo) end();
  await running.closed;
  await log.close();
});
