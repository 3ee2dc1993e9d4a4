import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { level } from '@kstreams/stores/level';
import { committed } from '../../../tools/jest/committed.js';
import { type Fault, faulty } from '../../../tools/jest/faults.js';
import { readAll } from '../../../tools/jest/read-all.js';
import {
  type App,
  type AppEvent,
  type Clock,
  embedded,
  FencedError,
  int32,
  json,
  keyValue,
  memory,
  type StartOptions,
  start,
  streams,
  string,
  systemClock,
  type Transport,
  TransportError,
  topic,
  toUtf8,
} from './index.js';

const folders: string[] = [];
const newFolder = async (): Promise<string> => {
  const made = await mkdtemp(join(tmpdir(), 'kstreams-exactly-once-'));
  folders.push(made);
  return made;
};
afterAll(async () => {
  for (const one of folders) await rm(one, { recursive: true, force: true });
});

const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const exactlyOnce = { guarantee: 'exactly-once', commitInterval: 0, transactionTimeout: 300, logger: quiet } as const;

const numbers = topic('numbers', { key: string, value: json<number>() });
const seen = topic('seen', { key: int32, value: json<readonly number[] | null>() });
const partition = { topic: 'numbers', partition: 0 };

/** Which numbers came for each remainder, those that came twice twice; over a repartition topic. */
const collecting = () => {
  const app = streams('collecting');
  const table = app
    .stream(numbers)
    .groupBy((value) => value % 3, { key: int32 })
    .aggregate(
      (): readonly number[] => [],
      (all, value) => [...all, value],
      {
        name: 'all',
        value: json<readonly number[]>(),
      },
    );
  table.toStream().to(seen);
  return { app, table };
};

const newLog = async (clock: Clock = systemClock) => {
  const log = embedded({ clock });
  await (await log.admin()).create([{ name: 'numbers', partitions: 1, config: {} }]);
  return log;
};

const send = async (log: Transport, from: number, to: number): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  for (let i = from; i < to; i++) {
    producer.send({ ...partition, key: toUtf8('k'), value: toUtf8(String(i)), timestamp: i, headers: [] });
  }
  await producer.flush();
  await producer.close();
};

/** Waits until all that was sent has gone through the repartition topic, too. */
const settled = async (log: Transport, app: App, end: number): Promise<void> => {
  await committed(log, app, partition, end);
  const repartition = { topic: 'collecting-all-repartition', partition: 0 };
  const reader = await log.consumer({ clientId: 'settled' });
  // A transaction takes one more place than its records: what is committed must be the end of what can be read.
  for (let open = true; open && app.state !== 'failed'; ) {
    const group = await log.consumer({ clientId: 'settled', group: app.name });
    const [found] = await group.committed([repartition]);
    const records = await readAll(log, repartition.topic);
    open = (found?.offset ?? 0) <= (records.at(-1)?.offset ?? -1);
    await group.close();
    await new Promise((go) => setImmediate(go));
  }
  await reader.close();
};

const numbersUpTo = (end: number): number[] => Array.from({ length: end }, (_, i) => i);

/** The rows of the state, once it holds so many numbers: it follows the transaction. */
const rowsOf = async (app: App, end: number): Promise<Map<number, readonly number[]>> => {
  for (;;) {
    const rows = new Map<number, readonly number[]>();
    for await (const [key, { value }] of app.view<number, readonly number[]>('all').all()) rows.set(key, value);
    const held = [...rows.values()].reduce((sum, all) => sum + all.length, 0);
    if (held >= end || app.state === 'failed') return rows;
    await new Promise((go) => setImmediate(go));
  }
};

/** State, changelog and committed output hold each number exactly once. */
const expectExactly = async (log: Transport, app: App, end: number): Promise<void> => {
  const rows = await rowsOf(app, end);
  const expected = new Map([0, 1, 2].map((key) => [key, numbersUpTo(end).filter((one) => one % 3 === key)]));
  expect(rows).toEqual(expected);
  const parse = (value: Uint8Array | null): number[] => JSON.parse(new TextDecoder().decode(value ?? undefined));
  const outputs = (await readAll(log, 'seen')).map(({ value }) => parse(value));
  for (const key of [0, 1, 2]) {
    const ofKey = outputs.filter(([first]) => first === key);
    const all = expected.get(key) ?? [];
    expect(ofKey).toEqual(all.map((_, i) => all.slice(0, i + 1)));
  }
  const changelog = (await readAll(log, 'collecting-all-changelog')).map(({ value }) => parse(value));
  for (const [key, all] of expected) expect(changelog.filter(([first]) => first === key).at(-1)).toEqual(all);
};

/** Runs into the fault, then on without one. */
const crashAndGoOn = async (fault: Fault, keepsState: boolean): Promise<void> => {
  const log = await newLog();
  const options = { ...exactlyOnce, folder: await newFolder() };
  await send(log, 0, 30);
  const broken = await start(collecting().app, { ...options, ...faulty(log, level(), fault) });
  broken.closed.catch(() => {});
  let sent = 30;
  for (; broken.state !== 'failed'; sent += 3) {
    await committed(log, broken, partition, sent);
    await send(log, sent, sent + 3);
  }
  await expect(broken.closed).rejects.toBe(fault.error);
  if (!keepsState) await rm(`${options.folder}/state`, { recursive: true, force: true });
  const again = await start(collecting().app, { ...options, transport: log, state: level() });
  await settled(log, again, sent);
  await expectExactly(log, again, sent);
  await again.close();
  await log.close();
};

const injected = new Error('injected');

describe('a crash in a transactional commit neither loses nor repeats', () => {
  for (const step of ['offsets', 'transaction', 'stores'] as const) {
    for (const when of ['before', 'after'] as const) {
      for (const call of [1, 4]) {
        for (const keepsState of [true, false]) {
          const state = keepsState ? 'kept' : 'lost with the disk';
          test(`${when} ${step}, call ${call}, state ${state}`, () =>
            crashAndGoOn({ step, when, call, error: injected, kills: true }, keepsState));
        }
      }
    }
  }
});

describe('a transaction that is refused is rolled back, and the application goes on', () => {
  const passing = new TransportError('no answer', {}, undefined, true);
  const fenced = new FencedError('another took over');
  for (const step of ['offsets', 'transaction'] as const) {
    for (const when of ['before', 'after'] as const) {
      for (const error of [passing, fenced]) {
        test(`${when} ${step}: ${error.message}`, async () => {
          const log = await newLog();
          const fault: Fault = { step, when, call: 2, error };
          const events: AppEvent[] = [];
          const options: StartOptions = { ...exactlyOnce, folder: await newFolder(), ...faulty(log, level(), fault) };
          await send(log, 0, 9);
          const app = await start(collecting().app, options);
          app.events$.subscribe((event) => events.push(event));
          for (let sent = 9; sent < 21; sent += 3) {
            await settled(log, app, sent);
            await send(log, sent, sent + 3);
          }
          await settled(log, app, 21);
          await expectExactly(log, app, 21);
          const setbacks = events.filter(({ kind }) => kind === 'rolled-back' || kind === 'fenced');
          expect(setbacks).toHaveLength(1);
          await app.close();
          await log.close();
        });
      }
    }
  }
});

/** A clock on which a thousand times as much time passes. */
const hasty: Clock = {
  now: () => Date.now() * 1_000,
  after: (ms, call) => {
    const timer = setTimeout(call, ms / 1_000);
    return () => clearTimeout(timer);
  },
};

test('a worker that cannot commit at all fails in the end', async () => {
  const log = await newLog(hasty);
  const error = new TransportError('no answer', {}, undefined, true);
  const own = faulty(log, memory(), undefined);
  const transport: Transport = {
    ...own.transport,
    name: log.name,
    createsTopics: true,
    consumer: (options) => log.consumer(options),
    admin: () => log.admin(),
    close: () => log.close(),
    producer: async (options) =>
      Object.assign(await log.producer(options), {
        sendOffsets: async () => {
          throw error;
        },
      }),
  };
  await send(log, 0, 3);
  const app = await start(collecting().app, { ...exactlyOnce, transport, state: memory(), clock: hasty });
  await expect(app.closed).rejects.toBe(error);
  expect(await readAll(log, 'seen')).toEqual([]);
  await log.close();
});

test('a view shows what is committed; `latest` shows more', async () => {
  const log = await newLog();
  const app = streams('counting');
  const counts = app.stream(numbers).groupByKey().count({ name: 'counts' });
  const late = { ...exactlyOnce, commitInterval: '1h', transactionTimeout: '2h' } as const;
  const running = await start(app, { ...late, transport: log, state: memory() });
  await running.running();
  await send(log, 0, 6);
  const latest = running.view(counts, { isolation: 'latest' });
  while (latest.get('k') !== 6 && running.state !== 'failed') await new Promise((go) => setImmediate(go));
  expect(running.view(counts).get('k')).toBeUndefined();
  const changes: unknown[] = [];
  running.view(counts).changes$.subscribe(({ key, row }) => changes.push([key, row?.value]));
  await running.close();
  expect(changes).toEqual([['k', 6]]);
  await log.close();
});

test('a processor may ask for a commit before its time', async () => {
  const log = await newLog();
  const app = streams('asking');
  app.stream(numbers).process(
    ({ commit }) =>
      () =>
        commit(),
  );
  const options = { ...exactlyOnce, commitInterval: '1h', transactionTimeout: '2h' } as const;
  const running = await start(app, { ...options, transport: log, state: memory() });
  await send(log, 0, 3);
  await committed(log, running, partition, 3);
  await running.close();
  await log.close();
});

test('a store that a crash may lose is refused, unless it says that it may be', async () => {
  const specOf = (disposable: boolean) => ({
    ...keyValue('scratch', { key: string, value: int32, changelog: false }),
    disposable,
  });
  const withStore = (disposable: boolean) => {
    const spec = specOf(disposable);
    const app = streams('scratching');
    app.stream(numbers).process(
      ({ store }) =>
        ({ key }) =>
          store(spec).put(key, 1, 0),
      { stores: [spec] },
    );
    return app;
  };
  const transport = await newLog();
  const options = { ...exactlyOnce, transport, state: memory() };
  await expect(start(withStore(false), options)).rejects.toThrow(/"scratch" has no changelog.*declare it `disposable`/);
  await (await start(withStore(true), options)).close();
  await transport.close();
});

test('settings of transactions that cannot be are refused at once', async () => {
  const { app } = collecting();
  const options = { transport: embedded(), state: memory(), logger: quiet } as const;
  const tooLong = { ...options, guarantee: 'exactly-once', commitInterval: '10s' } as const;
  await expect(start(app, tooLong)).rejects.toThrow('commitInterval: 10000 ms is not below the transactionTimeout');
  const unknown = { ...options, guarantee: 'at-most-once' as 'exactly-once' };
  await expect(start(app, unknown)).rejects.toThrow('guarantee: "at-most-once" is none of at-least-once, exactly-once');
});
