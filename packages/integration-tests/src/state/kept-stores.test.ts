/** Stores without a changelog, which are kept in a bucket: they outlive disks, and their owner changes. */
import { expect, test } from '@jest/globals';
import { planTopology, rangeOf, storePrefix } from '@kstreams/core/graph';
import { level } from '@kstreams/level';
import { clearState } from '@kstreams/runtime';
import { folder, snapshots } from '@kstreams/snapshots';
import { CollectingApp } from '@kstreams/test-support/collecting-app';
import { injectFault } from '@kstreams/test-support/fault-injection';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { temporaryFolders } from '@kstreams/test-support/temporary-folders';
import {
  type App,
  type Backend,
  embedded,
  int32,
  json,
  keyValue,
  memory,
  start,
  streams,
  string,
  topic,
} from 'kstreams';
import { callsOf } from '../commit/failing-commits.js';

const newFolder = temporaryFolders();

/** Returns an application that keeps how often it saw each number, its log and a bucket. */
const counting = async () => {
  const log = embedded();
  const numbers = await new CollectingApp(log, 'counting').prepare();
  const seen = keyValue('seen', { key: int32, value: int32, changelog: false });
  const app = streams('counting');
  app.stream(topic(numbers.input, { key: string, value: json<number>() })).process(
    ({ store }) => {
      const times = store(seen);
      return ({ timestamp, value }) => times.put(value, (times.get(value) ?? 0) + 1, timestamp);
    },
    { stores: [seen] },
  );
  const bucket = folder(await newFolder());
  const state = snapshots(level(), bucket);
  const run = async (): Promise<App> =>
    start(app, { transport: log, state, folder: await newFolder(), commitInterval: 0, logger: quiet });
  return { app, bucket, log, numbers, run, state };
};

/** Lets another process own the store. Returns how often each number was seen. */
const takeOver = async (state: Backend): Promise<readonly number[]> => {
  const other = await state.open('');
  await other.acquire?.({ store: 'seen', partition: 0, signal: new AbortController().signal });
  const times: number[] = [];
  for await (const [, row] of other.scan(...rangeOf(storePrefix('seen', 0)))) times.push(row.at(-1) ?? 0);
  await other.close();
  return times;
};

test('a store without a changelog has all of its rows in a process without the disk', async () => {
  const { bucket, log, numbers, run } = await counting();
  for (const end of [30, 60]) {
    const running = await run();
    await numbers.send(end - 30, end);
    await numbers.read(running, end);
    await running.close();
  }
  expect(await takeOver(snapshots(memory(), bucket))).toEqual(Array(60).fill(1));
  await log.close();
});

test('cleared state has no row of a store without a changelog any more', async () => {
  const { app, bucket, log, numbers, run } = await counting();
  const running = await run();
  await numbers.send(0, 30);
  await numbers.read(running, 30);
  await running.close();
  const admin = await log.admin();
  await clearState(planTopology(app.build()), snapshots(memory(), bucket), '', await admin.topics());
  expect(await takeOver(snapshots(memory(), bucket))).toEqual([]);
  await log.close();
});

test('a worker whose store another process took over joins again, and begins with the last commit', async () => {
  const { bucket, log, numbers, run } = await counting();
  const running = await run();
  const restarts: string[] = [];
  running.events$.subscribe({ next: ({ kind }) => void restarts.push(kind) });
  await numbers.send(0, 30);
  await numbers.read(running, 30);
  expect(await takeOver(snapshots(memory(), bucket))).toHaveLength(30);
  await numbers.send(30, 60);
  await numbers.read(running, 60);
  expect(running.state).toBe('running');
  expect(restarts).toContain('fenced');
  await running.close();
  expect(await takeOver(snapshots(memory(), bucket))).toHaveLength(60);
  await log.close();
});

test.each(callsOf('flush', 'stores', 'offsets'))(
  'a process that dies $when $step, and its disk with it, loses no record of a store without a changelog',
  async (call) => {
    const { app, bucket, log, numbers, run, state } = await counting();
    const error = new Error('injected');
    const { closeKilled, ...broken } = injectFault(log, state, { ...call, call: 4, error, kills: true });
    const options = { folder: await newFolder(), commitInterval: 0, logger: quiet };
    const first = await start(app, { ...options, ...broken });
    first.closed.catch(() => {});
    let sent = 0;
    while (first.state !== 'failed') {
      await numbers.send(sent, sent + 5);
      sent += 5;
      await numbers.read(first, sent);
    }
    await expect(first.closed).rejects.toBe(error);
    const again = await run();
    await numbers.read(again, sent);
    await again.close();
    const times = await takeOver(snapshots(memory(), bucket));
    expect(times).toHaveLength(sent);
    // Records of the commit that was cut short may count twice.
    expect(times.filter((count) => count !== 1 && count !== 2)).toEqual([]);
    await closeKilled();
    await log.close();
  },
);

test('exactly-once is refused, since a crash between the bucket and the log may count a record twice', async () => {
  const { app, bucket, log } = await counting();
  const options = {
    transport: log,
    state: snapshots(memory(), bucket),
    guarantee: 'exactly-once',
    logger: quiet,
  } as const;
  await expect(start(app, options)).rejects.toThrow(/store "seen" has no changelog.*give it one/);
  await log.close();
});
