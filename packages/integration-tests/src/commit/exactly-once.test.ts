import { rm } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { override } from '@kstreams/test-support/override';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { ShiftedClock } from '@kstreams/test-support/shifted-clock';
import { SkippingClock } from '@kstreams/test-support/skipping-clock';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import {
  type Clock,
  embedded,
  int32,
  json,
  keyValue,
  memory,
  start,
  streams,
  string,
  type Transport,
  TransportError,
  topic,
} from 'kstreams';
import { type ProducerOptions, systemClock } from 'kstreams/authors';
import { callsOf, expectRestart, expectRollback, type FailingRun, refusals } from './failing-commits.js';

const newFolder = temporaryFolders();
const exactlyOnce = { guarantee: 'exactly-once', commitInterval: 0, transactionTimeout: 300, logger: quiet } as const;

const numbers = ({ input }: CollectingApp) => topic(input, { key: string, value: json<number>() });

const newLog = async (clock: Clock = systemClock) => {
  const log = embedded({ clock });
  return { log, collecting: await new CollectingApp(log, 'collecting').prepare() };
};

const newRun = async (): Promise<FailingRun> => ({
  ...(await newLog()),
  options: { ...exactlyOnce, folder: await newFolder() },
  batch: 3,
});

describe('a crash in a transactional commit loses and repeats nothing', () => {
  for (const { step, when } of callsOf('offsets', 'transaction', 'stores')) {
    for (const call of [1, 4]) {
      test(`${when} ${step}, call ${call}, state kept`, async () =>
        expectRestart(await newRun(), { step, when, call }));

      test(`${when} ${step}, call ${call}, state lost with the disk`, async () => {
        const run = await newRun();
        const lose = () => rm(`${run.options.folder}/state`, { recursive: true, force: true });
        await expectRestart(run, { step, when, call }, lose);
      });
    }
  }
});

describe('a refused transaction is rolled back, and the application continues', () => {
  for (const { step, when } of callsOf('offsets', 'transaction')) {
    for (const [what, error] of Object.entries(refusals)) {
      test(`${when} ${step}: ${what}`, async () => expectRollback(await newRun(), { step, when, call: 2 }, error));
    }
  }
});

test('a worker whose commits always fail fails in the end', async () => {
  const clock = new SkippingClock();
  const { collecting, log } = await newLog(clock);
  const error = new TransportError('no response', {}, undefined, true);
  const refuse = async () => {
    throw error;
  };
  const producer = async (options: ProducerOptions) => override(await log.producer(options), { sendOffsets: refuse });
  const transport = override<Transport>(log, { producer });
  await collecting.send(0, 3);
  const app = await start(collecting.app, { ...exactlyOnce, transport, state: memory(), clock });
  await expect(app.closed).rejects.toThrow('retryTimeout is over: no response');
  expect(await readTopic(log, collecting.output)).toEqual([]);
  await log.close();
});

test('work on lost partitions is in no later commit', async () => {
  const clock = new ShiftedClock();
  const log = embedded({ clock, pollTimeout: 1_000 });
  const collecting = await new CollectingApp(log, 'collecting', 2).prepare();
  let goOn: () => void = () => {};
  let arrive: () => void = () => {};
  const stopped = new Promise<void>((resolve) => (goOn = resolve));
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const stopping = override<Transport>(log, {
    consumer: async (options) => {
      const consumer = await log.consumer(options);
      const poll = async (max: number, wait: number) => {
        const records = await consumer.poll(max, wait);
        if (records.length > 0) {
          arrive();
          await stopped;
        }
        return records;
      };
      return override(consumer, { poll });
    },
  });
  const patient = { ...exactlyOnce, commitInterval: '1h', transactionTimeout: '2h', state: memory() } as const;
  await collecting.send(0, 100);
  const first = await start(collecting.app, { ...patient, transport: stopping });
  const lost = new Promise<void>((resolve) => first.events$.subscribe(({ kind }) => kind === 'lost' && resolve()));
  await arrived;
  const second = await start(collecting.app, { ...exactlyOnce, transport: log, state: memory() });
  clock.pass(5_000);
  await collecting.expectExactly(100, second);
  goOn();
  await lost;
  const { processed } = first.counts;
  expect(processed).toBeGreaterThan(0);
  await first.running();
  await collecting.send(100, 200);
  while (first.counts.processed === processed) await new Promise((go) => setImmediate(go));
  await first.close();
  await collecting.expectExactly(200, second);
  await second.close();
  await log.close();
});

test('a view reads committed rows; with isolation latest it reads more', async () => {
  const { collecting, log } = await newLog();
  const app = streams('counting');
  const counts = app.stream(numbers(collecting)).groupByKey().count({ name: 'counts' });
  const late = { ...exactlyOnce, commitInterval: '1h', transactionTimeout: '2h' } as const;
  const running = await start(app, { ...late, transport: log, state: memory() });
  await running.running();
  await collecting.send(0, 6);
  const latest = running.view(counts, { isolation: 'latest' });
  while (latest.get('k') !== 6 && running.state !== 'failed') await new Promise((go) => setImmediate(go));
  expect(running.view(counts).get('k')).toBeUndefined();
  const changes: unknown[] = [];
  running.view(counts).changes$.subscribe(({ key, row }) => changes.push([key, row?.value]));
  await running.close();
  expect(changes).toEqual([['k', 6]]);
  await log.close();
});

test('a processor can request an early commit', async () => {
  const { collecting, log } = await newLog();
  const app = streams('asking');
  app.stream(numbers(collecting)).process(
    ({ commit }) =>
      () =>
        commit(),
  );
  const options = { ...exactlyOnce, commitInterval: '1h', transactionTimeout: '2h' } as const;
  const running = await start(app, { ...options, transport: log, state: memory() });
  await collecting.send(0, 3);
  await collecting.read(running, 3);
  await running.close();
  await log.close();
});

test('refuses a store that a crash may lose, unless it is declared disposable', async () => {
  const { collecting, log } = await newLog();
  const withStore = (disposable: boolean) => {
    const spec = keyValue('scratch', { key: string, value: int32, changelog: false, disposable });
    const app = streams('scratching');
    app.stream(numbers(collecting)).process(
      ({ store }) =>
        ({ key }) =>
          store(spec).put(key, 1, 0),
      { stores: [spec] },
    );
    return app;
  };
  const options = { ...exactlyOnce, transport: log, state: memory() };
  await expect(start(withStore(false), options)).rejects.toThrow(/"scratch" has no changelog.*declare it `disposable`/);
  await (await start(withStore(true), options)).close();
  await log.close();
});

test('refuses invalid transaction settings before it starts', async () => {
  const transport = embedded();
  const { app } = new CollectingApp(transport, 'collecting');
  const options = { transport, state: memory(), logger: quiet } as const;
  const tooLong = { ...options, guarantee: 'exactly-once', commitInterval: '10s' } as const;
  await expect(start(app, tooLong)).rejects.toThrow('commitInterval: 10000 ms is not below the transactionTimeout');
  const unknown = { ...options, guarantee: 'at-most-once' as 'exactly-once' };
  await expect(start(app, unknown)).rejects.toThrow(
    `option "guarantee" of start is "at-most-once": use 'at-least-once' or 'exactly-once'`,
  );
});
