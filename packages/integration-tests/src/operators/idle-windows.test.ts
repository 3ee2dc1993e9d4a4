import { expect, test } from '@jest/globals';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { ShiftedClock } from '@kstreams/test-support/shifted-clock';
import { double, embedded, memory, start, streams, string, topic, tumbling, windowed } from 'kstreams';
import { toUtf8 } from 'kstreams/authors';

const visits = topic('visits', { key: string, value: string });
const counts = topic('counts', { key: windowed(string), value: double });
const partition = { topic: 'visits', partition: 0 };
const minute = 60_000;

const app = () => {
  const counting = streams('counting');
  counting
    .stream(visits)
    .groupByKey()
    .window(tumbling('1m', { emit: { on: 'close', idleAfter: '1m' } }))
    .count({ name: 'counts', value: double })
    .toStream()
    .to(counts as never);
  return counting;
};

test('the last window closes when its partition is idle; an outage closes nothing; a close survives a restart', async () => {
  const log = embedded();
  await (await log.admin()).create(['visits', 'counts'].map((name) => ({ name, partitions: 1, config: {} })));
  const state = memory();
  const clock = new ShiftedClock();
  const running = async () => {
    const started = await start(app(), { transport: log, state, clock, commitInterval: 0, logger: quiet });
    await started.running();
    return started;
  };
  const producer = await log.producer({ clientId: 'test' });
  const send = async (key: string, timestamp: number): Promise<void> => {
    producer.send({ ...partition, key: toUtf8(key), value: toUtf8('x'), timestamp, headers: [] });
    await producer.flush();
  };
  const reader = await log.consumer({ clientId: 'reader' });
  reader.assign([{ topic: 'counts', partition: 0, offset: 0 }]);
  const next = async () => {
    for (;;) {
      const [record] = await reader.poll(1, 1_000);
      if (record !== undefined)
        return windowed(string).decode(record.key as Uint8Array, { topic: 'counts', headers: [] });
    }
  };
  const written = async () => (await reader.offsets([{ topic: 'counts', partition: 0 }], 'latest-written'))[0];

  const first = await running();
  await send('ann', 5);
  await awaitCommitted(log, first, partition, 1);
  await first.close();
  clock.pass(60 * minute);
  const second = await running();
  await send('bob', 7);
  await awaitCommitted(log, second, partition, 2);
  expect(await written()).toBe(0);
  clock.pass(minute);
  expect([await next(), await next()]).toEqual([
    { key: 'ann', start: 0, end: minute },
    { key: 'bob', start: 0, end: minute },
  ]);
  await second.close();
  const third = await running();
  await send('eve', 9);
  await send('eve', minute);
  await awaitCommitted(log, third, partition, 4);
  expect([...third.drops]).toEqual([['counts late', 1]]);
  clock.pass(minute);
  expect(await next()).toEqual({ key: 'eve', start: minute, end: 2 * minute });
  await third.close();
});
