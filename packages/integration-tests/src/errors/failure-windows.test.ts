import { expect, test } from '@jest/globals';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { override } from '@kstreams/test-support/override';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { readTopic } from '@kstreams/test-support/read-topic';
import { ShiftedClock } from '@kstreams/test-support/shifted-clock';
import {
  type AppEvent,
  type Backend,
  type Clock,
  embedded,
  memory,
  type StartOptions,
  StateError,
  start,
  type Transport,
  TransportError,
} from 'kstreams';
import { type Producer, systemClock } from 'kstreams/authors';

/**
 * Failures at each point of the lifecycle. Crashes between the steps of a commit are in `crash.test.ts` and
 * `exactly-once.test.ts`; asynchronous produce failures and poison records are in `failures.test.ts`.
 */

const atLeast = { guarantee: 'at-least-once', commitInterval: '1h', logger: quiet } as const;
const exactly = { guarantee: 'exactly-once', commitInterval: 0, logger: quiet } as const;
const moment = (): Promise<void> => new Promise((go) => setImmediate(go));

const newLog = async (clock: Clock = systemClock, pollTimeout = 300_000) => {
  const log = embedded({ clock, pollTimeout });
  return { log, collecting: await new CollectingApp(log, 'collecting', 4).prepare() };
};

/** Returns a log with overridden producers. */
const withProducer = (log: Transport, change: (producer: Producer) => Partial<Producer>): Transport =>
  override<Transport>(log, {
    producer: async (options) => {
      const producer = await log.producer(options);
      return override(producer, change(producer));
    },
  });

/** Returns a gate that a test opens. */
const gate = () => {
  let open: () => void = () => {};
  let arrived: () => void = () => {};
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrived = resolve));
  return {
    open,
    reached,
    pass: async () => {
      arrived();
      await opened;
    },
  };
};

const run = (collecting: CollectingApp, transport: Transport, options: StartOptions) =>
  start(collecting.app, { transport, state: memory(), ...options });

test.each([atLeast, exactly])(
  'a revocation while processing: finishes, commits, then gives the partition up ($guarantee)',
  async (how) => {
    const { collecting, log } = await newLog();
    await collecting.send(0, 200);
    const first = await run(collecting, log, how);
    while (first.counts.processed < 20) await moment();
    const second = await run(collecting, log, how);
    await Promise.all([first.running(), second.running()]);
    await collecting.send(200, 300);
    while (first.counts.processed + second.counts.processed < 600) await moment();
    await Promise.all([first.close(), second.close()]);
    expect(first.counts.processed + second.counts.processed).toBe(600);
    const again = await run(collecting, log, how);
    await collecting.expectExactly(300, again);
    expect(again.counts.processed).toBe(0);
    await again.close();
    await log.close();
  },
);

test('a revocation during a commit waits for the commit', async () => {
  const { collecting, log } = await newLog();
  const { open, pass, reached } = gate();
  const held = withProducer(log, (producer) => ({
    commit: async () => {
      await pass();
      await producer.commit();
    },
  }));
  await collecting.send(0, 100);
  const first = await run(collecting, held, exactly);
  const events: AppEvent['kind'][] = [];
  first.events$.subscribe(({ kind }) => events.push(kind));
  await reached;
  const second = await run(collecting, log, exactly);
  for (let i = 0; i < 50; i++) await moment();
  expect(events).not.toContain('revoked');
  open();
  await collecting.expectExactly(100, first, second);
  expect(events.indexOf('committed')).toBeLessThan(events.indexOf('revoked'));
  await Promise.all([first.close(), second.close()]);
  await log.close();
});

test('a zombie that commits after losing its partitions is fenced', async () => {
  const clock = new ShiftedClock();
  const { collecting, log } = await newLog(clock, 1_000);
  const { open, pass, reached } = gate();
  const held = withProducer(log, (producer) => ({
    sendOffsets: async (offsets, consumer) => {
      await pass();
      await producer.sendOffsets(offsets, consumer);
    },
  }));
  await collecting.send(0, 100);
  const zombie = await run(collecting, held, { ...exactly, transactionTimeout: 200 });
  const events: AppEvent['kind'][] = [];
  zombie.events$.subscribe(({ kind }) => events.push(kind));
  await reached;
  clock.pass(5_000);
  const owner = await run(collecting, log, { ...exactly, clock });
  await collecting.expectExactly(100, owner);
  open();
  while (!events.includes('lost')) await moment();
  expect(events).toContain('rolled-back');
  await collecting.send(100, 200);
  await collecting.expectExactly(200, owner, zombie);
  await Promise.all([owner.close(), zombie.close()]);
  await log.close();
});

test('processing longer than the poll interval: others continue, and nothing is processed twice', async () => {
  const clock = new ShiftedClock();
  const { collecting, log } = await newLog(clock, 1_000);
  await collecting.send(0, 20);
  const first = await run(collecting, log, exactly);
  await collecting.read(first, 20);
  const second = await run(collecting, log, exactly);
  await Promise.all([first.running(), second.running()]);
  clock.pass(5_000);
  await collecting.send(20, 60);
  await collecting.expectExactly(60, first, second);
  await Promise.all([first.close(), second.close()]);
  await log.close();
});

test('a task that fails to open closes all tasks, and the next worker opens them', async () => {
  const { collecting, log } = await newLog();
  let failures = 2;
  const backend = memory();
  const state: Backend = override(backend, {
    open: async (folder) => {
      const bytes = await backend.open(folder);
      return override(bytes, {
        get: (key) => {
          if (new TextDecoder().decode(key).startsWith('@position/') && failures-- > 0) throw new StateError('disk');
          return bytes.get(key);
        },
      });
    },
  });
  await collecting.send(0, 30);
  const app = await run(collecting, log, { ...exactly, state, workerFailure: 'replace' });
  await collecting.expectExactly(30, app);
  await app.close();
  await log.close();
});

test('an interrupted restore continues on another worker from its position', async () => {
  const { collecting, log } = await newLog();
  await collecting.send(0, 300);
  const first = await run(collecting, log, exactly);
  await collecting.expectExactly(300, first);
  await first.close();
  const { open, pass, reached } = gate();
  const slow = override<Transport>(log, {
    consumer: async (options) => {
      const consumer = await log.consumer(options);
      if (!options.clientId.endsWith('-restore')) return consumer;
      return override(consumer, {
        poll: async (max, wait) => {
          await pass();
          return consumer.poll(max, wait);
        },
      });
    },
  });
  const second = await run(collecting, slow, exactly);
  const ends: boolean[] = [];
  second.events$.subscribe((event) => event.kind === 'restore-ended' && ends.push(event.complete));
  await reached;
  const third = await run(collecting, log, exactly);
  while (!ends.includes(false)) {
    await moment();
    if (third.state === 'running') open();
  }
  open();
  await collecting.expectExactly(300, second, third);
  await Promise.all([second.close(), third.close()]);
  await log.close();
});

test.each([atLeast, exactly])('a clean close: nothing is read again ($guarantee)', async (how) => {
  const { collecting, log } = await newLog();
  await collecting.send(0, 100);
  const first = await run(collecting, log, how);
  while (first.counts.processed < 200) await moment();
  await first.close();
  const second = await run(collecting, log, how);
  await collecting.expectExactly(100, second);
  expect(second.counts.processed).toBe(0);
  await second.close();
  await log.close();
});

test('a fan-out that fails halfway leaves no partial output', async () => {
  const { collecting, log } = await newLog();
  let refusals = 3;
  const refusing = withProducer(log, (producer) => ({
    commit: async () => {
      if (refusals-- > 0) throw new TransportError('no response', {}, undefined, true);
      await producer.commit();
    },
  }));
  await collecting.send(0, 60);
  const app = await run(collecting, refusing, exactly);
  await collecting.expectExactly(60, app);
  expect((await readTopic(log, collecting.output)).length).toBe(60);
  await app.close();
  await log.close();
});

test.each([atLeast, exactly])('a rolling restart of three processes repeats nothing ($guarantee)', async (how) => {
  const { collecting, log } = await newLog();
  const started = await Promise.all([0, 1, 2].map(() => run(collecting, log, how)));
  const all = [...started];
  let sent = 0;
  const sendMore = async (): Promise<void> => {
    await collecting.send(sent, sent + 60);
    sent += 60;
  };
  const processed = (): number => all.reduce((sum, { counts }) => sum + counts.processed, 0);
  await sendMore();
  for (const [i, former] of started.entries()) {
    await former.close();
    await sendMore();
    started[i] = await run(collecting, log, how);
    all.push(started[i]);
    await Promise.all(started.slice(0, i + 1).map((app) => app.running()));
  }
  await sendMore();
  while (processed() < sent * 2) await moment();
  await Promise.all(started.map((app) => app.close()));
  expect(processed()).toBe(sent * 2);
  const last = await run(collecting, log, how);
  await collecting.expectExactly(sent, last);
  expect(last.counts.processed).toBe(0);
  await last.close();
  await log.close();
});
