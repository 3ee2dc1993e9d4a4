/**
 * Async steps in running applications: commits with calls in flight, and repeated work after crashes and rebalances.
 */

import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import { TestClock } from '@kstreams/testing';
import {
  type AppEvent,
  type AsyncOptions,
  embedded,
  int32,
  memory,
  type StartOptions,
  start,
  streams,
  string,
  type Transport,
  topic,
} from 'kstreams';

const newFolder = temporaryFolders();
const numbers = topic('numbers', { key: int32, value: int32 });
const answers = topic('answers', { key: int32, value: int32 });
const at = { topic: 'numbers', headers: [] };
const turn = () => new Promise((resolve) => setImmediate(resolve));

const newLog = async (partitions: number, clock?: TestClock): Promise<Transport> => {
  const log = embedded({ clock });
  await (await log.admin()).create(['numbers', 'answers'].map((name) => ({ name, partitions, config: {} })));
  return log;
};

const send = async (log: Transport, from: number, to: number, partitions = 1): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (let i = from; i < to; i++) {
    const [key, value] = [int32.encode(i, at), int32.encode(i, at)];
    producer.send({ topic: 'numbers', partition: i % partitions, key, value, timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

/** Calls that resolve at once, or when the test releases them. */
const holding = (held: (value: number) => boolean) => {
  const waiting = new Map<number, () => void>();
  const begun: number[] = [];
  const call = async (value: number): Promise<number> => {
    begun.push(value);
    if (value < 0) throw new Error('boom');
    if (held(value)) await new Promise<void>((resolve) => waiting.set(value, resolve));
    return value * 2;
  };
  return { begun, call, waiting };
};

const run = async (
  log: Transport,
  call: (value: number) => Promise<number>,
  step: AsyncOptions = {},
  options: StartOptions = {},
) => {
  const folder = await newFolder();
  const app = streams('asking');
  app
    .stream(numbers)
    .mapAsync(call, { concurrency: 1_000, ...step, value: int32 })
    .to(answers);
  return start(app, { transport: log, state: memory(), folder, commitInterval: 0, logger: quiet, ...options });
};

/** Returns all results on the log, sorted. */
const read = async (log: Transport, partitions = 1): Promise<number[]> => {
  const consumer = await log.consumer({ clientId: 'reader' });
  const places = Array.from({ length: partitions }, (_, partition) => ({ topic: 'answers', partition, offset: 0 }));
  consumer.assign(places);
  const all: number[] = [];
  while (!places.every((place) => consumer.caughtUp(place))) {
    for (const { value } of await consumer.poll(1_000, 0)) all.push(int32.decode(value as Uint8Array, at));
  }
  await consumer.close();
  return all.sort((a, b) => a - b);
};

const noteOf = async (log: Transport) => {
  const reader = await log.consumer({ clientId: 'notes', group: 'asking' });
  const [found] = await reader.committed([{ topic: 'numbers', partition: 0 }]);
  await reader.close();
  return found;
};

const doubled = (to: number) => Array.from({ length: to }, (_, i) => i * 2);

test('a crash with gaps repeats only records that were unfinished at the last commit', async () => {
  const log = await newLog(1);
  await send(log, 0, 100);
  const first = holding((value) => value === 3 || value === 50);
  const broken = await run(log, first.call);
  broken.closed.catch(() => {});
  while (first.begun.length < 100) await turn();
  for (let i = 0; i < 500; i++) await turn();
  expect(await noteOf(log)).toMatchObject({
    offset: 3,
    metadata: expect.stringMatching(/^t\w+ fr\S{1,12} i\S{1,6} n1$/),
  });
  const producer = await log.producer({ clientId: 'test' });
  const bad = int32.encode(-1, at);
  producer.send({ topic: 'numbers', partition: 0, key: bad, value: bad, timestamp: 100, headers: [] });
  await producer.flush();
  await expect(broken.closed).rejects.toThrow('node "map-async-0" failed: boom');

  const second = holding(() => false);
  const again = await run(log, async (value) => second.call(Math.abs(value)));
  await awaitCommitted(log, again, { topic: 'numbers', partition: 0 }, 101);
  await again.close();
  expect(second.begun).toEqual([3, 50, 1]);
  expect(await read(log)).toEqual([...doubled(100), 2].sort((a, b) => a - b));
});

test('a commit with state above the calls waits for them and takes in no records meanwhile', async () => {
  const log = await newLog(1);
  await send(log, 0, 3);
  const { begun, call, waiting } = holding((value) => value === 1);
  const app = streams('asking');
  app
    .stream(numbers)
    .groupBy(() => 'all', { key: string })
    .count({ name: 'counts' })
    .toStream()
    .mapAsync((count) => call(count as number), { order: 'none', value: int32 })
    .forEach(() => {});
  const folder = await newFolder();
  const running = await start(app, { transport: log, state: memory(), folder, commitInterval: 0, logger: quiet });
  const partition = { topic: 'asking-counts-repartition', partition: 0 };
  while (!waiting.has(1)) await turn();
  await send(log, 3, 6);
  for (let i = 0; i < 200; i++) await turn();
  const reader = await log.consumer({ clientId: 'notes', group: 'asking' });
  expect(await reader.committed([partition])).toEqual([undefined]);
  expect(begun.length).toBeLessThan(6);
  waiting.get(1)?.();
  await awaitCommitted(log, running, partition, 6);
  await running.close();
  expect(begun).toEqual([1, 2, 3, 4, 5, 6]);
});

test('a partition that moves leaves no call in flight: every result appears once', async () => {
  const log = await newLog(2);
  await send(log, 0, 100, 2);
  const { begun, call, waiting } = holding((value) => value < 100 && value % 10 < 2);
  const first = await run(log, call);
  while (begun.length < 100) await turn();
  const events: AppEvent['kind'][] = [];
  first.events$.subscribe(({ kind }) => events.push(kind));
  const other = holding(() => false);
  const second = await run(log, other.call);
  for (let i = 0; i < 200; i++) await turn();
  expect(events).not.toContain('revoked');
  for (const answer of waiting.values()) answer();
  while (!events.includes('revoked')) await turn();
  await send(log, 100, 200, 2);
  for (const partition of [0, 1]) {
    await awaitCommitted(log, second, { topic: 'numbers', partition }, 100);
  }
  await Promise.all([first.close(), second.close()]);
  expect(await read(log, 2)).toEqual(doubled(200));
});

test('a close aborts calls that exceed the timeout, and their records are read again', async () => {
  const log = await newLog(1);
  await send(log, 0, 10);
  const signals: AbortSignal[] = [];
  const app = streams('asking');
  app
    .stream(numbers)
    .mapAsync(
      (value, _, { signal }) => {
        if (value !== 4) return Promise.resolve(value * 2);
        signals.push(signal);
        return new Promise<number>(() => {});
      },
      { concurrency: 100, value: int32 },
    )
    .to(answers);
  const folder = await newFolder();
  const options = { transport: log, state: memory(), folder, commitInterval: 0, logger: quiet };
  const running = await start(app, { ...options, drainTimeout: 10 });
  await awaitCommitted(log, running, { topic: 'numbers', partition: 0 }, 4);
  await running.close();
  expect(signals.map(({ aborted }) => aborted)).toEqual([true]);
  const { begun, call } = holding(() => false);
  const again = await run(log, call);
  await awaitCommitted(log, again, { topic: 'numbers', partition: 0 }, 10);
  await again.close();
  expect(begun[0]).toBe(4);
  expect([...new Set(await read(log))]).toEqual(doubled(10));
});

test('a slow function stops the intake: the buffer bounds the records in memory', async () => {
  const log = await newLog(1);
  await send(log, 0, 20_000);
  const { begun, call, waiting } = holding(() => true);
  const app = await run(log, call, { concurrency: 10, buffer: { records: 100 } }, { drainTimeout: 0 });
  for (let round = 1; round <= 20; round++) {
    while (begun.length < round * 10) await turn();
    for (let i = 0; i < 20; i++) await turn();
    expect(app.counts.processed).toBeLessThanOrEqual(100 + (round - 1) * 10);
    for (const answer of waiting.values()) answer();
    waiting.clear();
  }
  await app.close();
});

test('results beyond the time of one turn are forwarded in the next one', async () => {
  const clock = new TestClock();
  const log = await newLog(1, clock);
  await send(log, 0, 300);
  const app = streams('asking');
  let dealtWith = 0;
  app
    .stream(numbers)
    .mapBatch(async (values) => values, { maxSize: 300, order: 'none', value: int32 })
    .forEach(() => {
      dealtWith++;
      clock.advance(1);
    });
  const folder = await newFolder();
  const options = { transport: log, state: memory(), folder, commitInterval: '1h', logger: quiet, clock } as const;
  const running = await start(app, options);
  for (let i = 0; i < 5_000 && dealtWith < 300; i++) await turn();
  expect(dealtWith).toBe(300);
  await running.close();
});

test('with exactly-once, a transaction holds the results of all its records', async () => {
  const log = await newLog(1);
  await send(log, 0, 500);
  const app = await run(log, holding(() => false).call, {}, { guarantee: 'exactly-once', commitInterval: 1 });
  await awaitCommitted(log, app, { topic: 'numbers', partition: 0 }, 500);
  await app.close();
  expect(await read(log)).toEqual(doubled(500));
});

test('with exactly-once, calls longer than a transaction are taken in in small groups', async () => {
  const clock = new TestClock();
  const log = await newLog(1, clock);
  await send(log, 0, 100);
  const call = (value: number) => new Promise<number>((resolve) => clock.after(10, () => resolve(value * 2)));
  const transactions = { guarantee: 'exactly-once', commitInterval: 10, transactionTimeout: 200 } as const;
  const app = await run(log, call, { order: 'partition' }, { ...transactions, clock });
  const setbacks: AppEvent[] = [];
  app.events$.subscribe((event) => event.kind === 'rolled-back' && setbacks.push(event));
  let done = false;
  const all = awaitCommitted(log, app, { topic: 'numbers', partition: 0 }, 100).then(() => {
    done = true;
  });
  for (let i = 0; i < 20_000 && !done && app.state !== 'failed'; i++) {
    clock.advance(1);
    await turn();
  }
  await all;
  await app.close();
  expect(await read(log)).toEqual(doubled(100));
  expect(setbacks.length).toBeGreaterThan(0);
});
