/** Windows that close by the wall clock, in a task on a log, against a model of the log and the two clocks. */

import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { RestartableTask } from '@kstreams/test-support/restartable-task';
import { ShiftedClock } from '@kstreams/test-support/shifted-clock';
import { takeStep, type WallClockStep, wallClockSteps } from '@kstreams/test-support/wall-clock-steps';
import fc from 'fast-check';
import {
  calendar,
  double,
  embedded,
  memory,
  start,
  streams,
  string,
  topic,
  tumbling,
  type Windowed,
  windowed,
} from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const visits = topic('visits', { key: string, value: string });
const counts = topic('counts', { key: windowed(string), value: double });
const [size, grace, wait] = [10, 7, 15];

const open = async () => {
  const app = streams('app');
  app
    .stream(visits)
    .groupByKey()
    .window(tumbling(size, { grace, retention: 10_000, emit: { on: 'close', wallClock: wait } }))
    .count({ name: 'counts', value: double })
    .toStream()
    .to(counts as never);
  const task = await RestartableTask.open(app);
  const take = () =>
    task.take().map(({ key, value }) => {
      const at = { topic: 'counts', headers: [] };
      const window: Windowed<string> = windowed(string).decode(key as Uint8Array, at);
      return [window.key, window.start, double.decode(value as Uint8Array, at)] as const;
    });
  return { task, take };
};

interface Visit {
  readonly key: string;
  readonly at: number;
}
type Step = WallClockStep<Visit>;

const visit = fc.record({ key: fc.constantFrom('a', 'b'), at: fc.nat({ max: 100 }) });

type Emitted = readonly [key: string, start: number, count: number];

/** The model: the log, its reader, time, and the close that waits for the records before an end. */
const naively = (all: readonly Step[]) => {
  const log: Visit[] = [];
  let [read, time, wall, late] = [0, -1, 0, 0];
  let open = new Map<string, number>();
  let pending: { readonly at: number; readonly end: number } | undefined;
  const closes = (id: string): number => Number(id.split(' ')[0]) + size + grace;
  const close = (until: number): Emitted[] => {
    const closed = [...open].filter(([id]) => closes(id) <= until);
    open = new Map([...open].filter(([id]) => closes(id) > until));
    for (const [id] of closed) time = Math.max(time, closes(id));
    return closed
      .map(([id, count]): Emitted => [id.split(' ')[1] as string, Number(id.split(' ')[0]), count])
      .sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1));
  };
  const closeByWall = (): Emitted[] => {
    const due = [...open.keys()].some((id) => closes(id) + wait <= wall);
    if (due) pending ??= { at: wall, end: log.length };
    if (pending === undefined || read < pending.end) return [];
    const closed = close(pending.at - wait);
    pending = undefined;
    return closed;
  };
  const out = all.map((step): Emitted[] => {
    if (step.kind === 'write') log.push(step);
    if (step.kind === 'restart') pending = undefined;
    if (step.kind !== 'poll') return [];
    wall += step.after;
    const emitted: Emitted[] = [];
    for (const { key, at } of log.slice(read, read + step.max)) {
      read++;
      time = Math.max(time, at);
      const id = `${Math.floor(at / size) * size} ${key}`;
      if (closes(id) <= time) late++;
      else open.set(id, (open.get(id) ?? 0) + 1);
      emitted.push(...close(time));
    }
    return [...emitted, ...closeByWall(), ...closeByWall()];
  });
  return { late, out };
};

test('windows close when they are due and the records written by then are read, in any order of writes, polls and restarts', async () => {
  await fc.assert(
    fc.asyncProperty(wallClockSteps(visit, 30), async (all) => {
      const { take, task } = await open();
      const out: (readonly Emitted[])[] = [];
      for (const step of all) {
        await takeStep(task, step, ({ at, key }) => ({ topic: 'visits', key, value: 'x', timestamp: at }));
        out.push(take());
      }
      expect({ late: task.dropped('late'), out }).toEqual(naively(all));
    }),
    { numRuns: 100 },
  );
});

test('old records that are read again are not late at any time of the wall clock', async () => {
  const { take, task } = await open();
  task.now = 1_000_000;
  for (let at = 0; at < 100; at += 5) task.write({ topic: 'visits', key: 'a', value: 'x', timestamp: at });
  for (let polls = 0; polls < 5; polls++) await task.poll(4);
  expect(task.dropped('late')).toBe(0);
  expect(take().map(([, start, count]) => [start, count])).toEqual(Array.from({ length: 10 }, (_, i) => [i * size, 2]));
});

test('the close of one window does not wait for records that are written after it was due', async () => {
  const { take, task } = await open();
  task.write({ topic: 'visits', key: 'a', value: 'x', timestamp: 0 });
  await task.poll();
  task.now = size + grace + wait;
  for (let i = 0; i < 3; i++) task.write({ topic: 'visits', key: 'b', value: 'x', timestamp: 1 });
  await task.poll(2);
  expect(take()).toEqual([]);
  for (let i = 0; i < 100; i++) task.write({ topic: 'visits', key: 'c', value: 'x', timestamp: 2 });
  await task.poll(1);
  expect(take()).toEqual([
    ['a', 0, 1],
    ['b', 0, 3],
  ]);
});

test('an application closes its last day by the wall clock, behind a repartition and after a restart', async () => {
  const [hour, day] = [3_600_000, 86_400_000];
  const build = () => {
    const app = streams('counting');
    app
      .stream(visits)
      .groupBy((page) => page, { key: string })
      .window(calendar('day', { zone: 'UTC', emit: { on: 'close', wallClock: '10m' } }))
      .count({ name: 'counts', value: double })
      .toStream()
      .to(counts as never);
    return app;
  };
  const log = embedded();
  await (await log.admin()).create(['visits', 'counts'].map((name) => ({ name, partitions: 1, config: {} })));
  const state = memory();
  const clock = new ShiftedClock();
  clock.set(12 * hour - clock.now());
  const running = async () => {
    const started = await start(build(), { transport: log, state, clock, commitInterval: 0, logger: quiet });
    await started.running();
    return started;
  };
  const producer = await log.producer({ clientId: 'test' });
  const send = async (page: string, timestamp: number): Promise<void> => {
    producer.send({ topic: 'visits', partition: 0, key: toUtf8('k'), value: toUtf8(page), timestamp, headers: [] });
    await producer.flush();
  };
  const reader = await log.consumer({ clientId: 'reader' });
  reader.assign([{ topic: 'counts', partition: 0, offset: 0 }]);

  const first = await running();
  await send('home', 11 * hour);
  await send('home', 12 * hour);
  await awaitCommitted(log, first, { topic: 'visits', partition: 0 }, 2);
  await awaitCommitted(log, first, { topic: 'counting-counts-repartition', partition: 0 }, 2);
  await first.close();
  clock.set(day + 10 * 60_000 - clock.now());
  const second = await running();
  const [record] = await reader.poll(1, 60_000);
  const at = { topic: 'counts', headers: [] };
  expect(windowed(string).decode(record?.key as Uint8Array, at)).toEqual({ key: 'home', start: 0, end: day });
  expect(double.decode(record?.value as Uint8Array, at)).toBe(2);
  await second.close();
});
