import { expect, test } from '@jest/globals';
import type { TimerClock } from '@kstreams/core';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import {
  type Clock,
  type Context,
  embedded,
  memory,
  record,
  start,
  streams,
  string,
  type Transport,
  timers,
  topic,
} from 'kstreams';
import { systemClock, toUtf8 } from 'kstreams/authors';

const visits = topic('visits', { key: string, value: string });
const left = topic('left', { key: string, value: string });

/** Forwards a visitor as gone after 100 ms without a record. */
const leaving = (clock: TimerClock) => {
  const silence = timers('silence', { key: string, clock, value: string });
  const app = streams('leaving');
  app
    .stream(visits)
    .process(
      (context: Context<string, string>) => {
        const timer = context.timers(silence, (key, at, page) => context.forward(record(key, page, at)));
        const now = () => (clock === 'wall' ? context.time.wall : context.time.stream);
        return ({ key, value }) => timer.set(key, now() + 100, value);
      },
      { name: 'leave', stores: [silence] },
    )
    .to(left);
  return app;
};

const send = async (log: Transport, key: string, value: string, timestamp: number): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  producer.send({ topic: 'visits', partition: 0, key: toUtf8(key), value: toUtf8(value), timestamp, headers: [] });
  await producer.flush();
  await producer.close();
};

const prepared = async (): Promise<Transport> => {
  const log = embedded();
  const config = {};
  await (await log.admin()).create(['visits', 'left'].map((name) => ({ name, partitions: 1, config })));
  return log;
};

const nextLeft = async (log: Transport, count: number): Promise<(readonly [string, string, number])[]> => {
  const consumer = await log.consumer({ clientId: 'reader' });
  await consumer.assign([{ topic: 'left', partition: 0, offset: 0 }]);
  const all: (readonly [string, string, number])[] = [];
  while (all.length < count) {
    for (const { key, value, timestamp } of await consumer.poll(10, 1_000)) {
      all.push([new TextDecoder().decode(key as Uint8Array), new TextDecoder().decode(value as Uint8Array), timestamp]);
    }
  }
  await consumer.close();
  return all;
};

test.each(['in the folder', 'gone, so restored'])(
  'timers on stream time continue after a restart, state %s',
  async (state) => {
    const log = await prepared();
    const kept = memory();
    const running = async (backend: typeof kept) => {
      const app = await start(leaving('stream'), { transport: log, state: backend, commitInterval: 0, logger: quiet });
      await app.running();
      return app;
    };
    const first = await running(kept);
    await send(log, 'ann', 'home', 1_000);
    await send(log, 'bob', 'shop', 1_050);
    await awaitCommitted(log, first, { topic: 'visits', partition: 0 }, 2);
    await first.close();
    const second = await running(state === 'in the folder' ? kept : memory());
    await send(log, 'ann', 'cart', 1_060);
    await send(log, 'eve', 'home', 1_155);
    await awaitCommitted(log, second, { topic: 'visits', partition: 0 }, 4);
    await second.close();
    expect(await nextLeft(log, 1)).toEqual([['bob', 'shop', 1_150]]);
    const third = await running(memory());
    await send(log, 'zoe', 'home', 1_400);
    await awaitCommitted(log, third, { topic: 'visits', partition: 0 }, 5);
    await third.close();
    expect((await nextLeft(log, 3)).slice(1)).toEqual([
      ['ann', 'cart', 1_160],
      ['eve', 'home', 1_255],
    ]);
  },
);

test('timers on wall time that came due while closed fire at the start, without a record', async () => {
  const log = await prepared();
  let now = 5_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const running = () =>
    start(leaving('wall'), { transport: log, state: memory(), clock, commitInterval: 0, logger: quiet });
  const first = await running();
  await send(log, 'ann', 'home', 7);
  await send(log, 'bob', 'shop', 9);
  await awaitCommitted(log, first, { topic: 'visits', partition: 0 }, 2);
  await first.close();
  now = 9_000;
  const second = await running();
  expect(await nextLeft(log, 2)).toEqual([
    ['ann', 'home', 5_100],
    ['bob', 'shop', 5_100],
  ]);
  await second.close();
});
