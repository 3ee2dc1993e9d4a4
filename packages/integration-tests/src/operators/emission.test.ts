import { expect, test } from '@jest/globals';
import type { EmitStrategy } from '@kstreams/core';
import { awaitCommitted } from '@kstreams/test-support/await-committed';
import { quiet } from '@kstreams/test-support/quiet-logger';
import { type Clock, double, embedded, memory, start, streams, string, type Transport, topic } from 'kstreams';
import { systemClock, toUtf8 } from 'kstreams/authors';

const sales = topic('sales', { key: string, value: double });
const totals = topic('totals', { key: string, value: double });

const summing = (emit: EmitStrategy, failsAt: () => number = () => Number.NaN) => {
  const app = streams('summing');
  app
    .stream(sales)
    .peek((value) => {
      if (value === failsAt()) throw new Error('crash');
    })
    .groupByKey()
    .aggregate(
      () => 0,
      (aggregate, value) => aggregate + value,
      { name: 'sums', value: double, emit },
    )
    .toStream()
    .to(totals as never);
  return app;
};

const prepared = async (): Promise<Transport> => {
  const log = embedded();
  await (await log.admin()).create(['sales', 'totals'].map((name) => ({ name, partitions: 1, config: {} })));
  return log;
};

const send = async (log: Transport, rows: readonly (readonly [string, number])[]): Promise<void> => {
  const producer = await log.producer({ clientId: 'test' });
  rows.forEach(([key, value], timestamp) => {
    const at = { topic: 'sales', headers: [] };
    producer.send({
      topic: 'sales',
      partition: 0,
      key: toUtf8(key),
      value: double.encode(value, at),
      timestamp,
      headers: [['at', toUtf8(`${timestamp}`)]],
    });
  });
  await producer.flush();
  await producer.close();
};

/** Returns the output, once it has the expected length. */
const written = async (log: Transport, atLeast = 0) => {
  const consumer = await log.consumer({ clientId: 'reader' });
  await consumer.assign([{ topic: 'totals', partition: 0, offset: 0 }]);
  const all: (readonly [key: string, value: number, header: string])[] = [];
  const text = (bytes: Uint8Array | null | undefined) => new TextDecoder().decode(bytes as Uint8Array);
  do {
    for (const { key, value, headers } of await consumer.poll(1_000, 50)) {
      all.push([text(key), double.decode(value as Uint8Array, { topic: 'totals', headers }), text(headers[0]?.[1])]);
    }
  } while (all.length < atLeast);
  await consumer.close();
  return all;
};

test('a result that waits longer than a commit survives a restart with lost state, and is emitted when due', async () => {
  const log = await prepared();
  let now = 1_000;
  const clock: Clock = { ...systemClock, now: () => now };
  const running = () =>
    start(summing({ every: '1h' }), { transport: log, state: memory(), clock, commitInterval: 0, logger: quiet });
  const first = await running();
  await send(log, [
    ['a', 1],
    ['b', 5],
    ['a', 2],
  ]);
  await awaitCommitted(log, first, { topic: 'sales', partition: 0 }, 3);
  await first.close();
  expect(await written(log)).toEqual([]);
  const second = await running();
  await send(log, [['a', 4]]);
  await awaitCommitted(log, second, { topic: 'sales', partition: 0 }, 4);
  expect(await written(log)).toEqual([]);
  await second.close();
  now += 3_600_000;
  const third = await running();
  expect(await written(log, 2)).toEqual([
    ['a', 7, '0'],
    ['b', 5, '1'],
  ]);
  await third.close();
});

test('on-commit holds nothing across a commit, and a crash before one loses nothing', async () => {
  const log = await prepared();
  let failsAt = 13;
  const running = () =>
    start(
      summing('on-commit', () => failsAt),
      { transport: log, state: memory(), commitInterval: '1h', logger: quiet },
    );
  const rows = Array.from({ length: 20 }, (_, i) => [`k${i % 2}`, i] as const);
  await send(log, rows);
  await expect((await running()).closed).rejects.toThrow(/crash/);
  expect(await written(log)).toEqual([]);
  failsAt = Number.NaN;
  const second = await running();
  while (second.counts.processed < 20) await new Promise((resolve) => setImmediate(resolve));
  expect(await written(log)).toEqual([]);
  await second.close();
  expect(await written(log)).toEqual([
    ['k0', 90, '18'],
    ['k1', 100, '19'],
  ]);
});
