import { expect, test } from '@jest/globals';
import { type Clock, FencedError } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { outgoing, readAll, t } from '../../test/records.js';
import { EmbeddedConsumer } from '../client/consumer.js';
import { EmbeddedProducer } from '../client/producer.js';
import { embedded } from '../index.js';
import { Log } from '../log/log.js';
import type { LogStorage } from '../storage/log-storage.js';
import { memoryLog } from '../storage/memory-log.js';

const openLog = (storage: LogStorage, clock: Clock = new TestClock()): Promise<Log> =>
  Log.open(storage, { name: 'memory', clock, memory: 1 << 20, timeouts: { poll: 1_000, session: 1_000 } });

const readerOf = (log: Log, isolation: 'committed' | 'latest', partition = 0): EmbeddedConsumer => {
  const reader = new EmbeddedConsumer(log, { clientId: 'r', isolation });
  reader.assign([{ ...t(partition), offset: 0 }]);
  return reader;
};

test('a transaction left open by a crash is aborted at opening, in all its partitions, with its offsets', async () => {
  const storage = await memoryLog().open();
  const first = await openLog(storage);
  await first.topics.create({ name: 't', partitions: 2, config: {} });
  const producer = new EmbeddedProducer(first, await first.register('x', 10_000));
  const member = new EmbeddedConsumer(first, { clientId: 'm', group: 'g' });
  member.assign([{ ...t(), offset: 0 }]);
  for (const [round, end] of [
    ['a', true],
    ['b', false],
  ] as const) {
    producer.begin();
    producer.send(outgoing(`${round}0`));
    producer.send(outgoing(`${round}1`, { partition: 1 }));
    await producer.sendOffsets([{ ...t(), offset: end ? 1 : 2 }], member);
    if (end) await producer.commit();
    else await producer.flush();
  }

  const again = await openLog(storage);
  expect(await readAll(readerOf(again, 'committed', 0))).toEqual(['0:a0']);
  expect(await readAll(readerOf(again, 'committed', 1))).toEqual(['0:a1']);
  expect(await readAll(readerOf(again, 'latest', 0))).toEqual(['0:a0', '2:b0']);
  expect(await again.committed('g', [t()])).toEqual([{ ...t(), offset: 1 }]);

  // Transaction numbers restart at 0: the aborted transaction must not hide a later one with the same number.
  const next = new EmbeddedProducer(again, await again.register('x', 10_000));
  for (const value of ['c', 'd']) {
    next.begin();
    next.send(outgoing(value));
    await next.commit();
  }
  expect(await readAll(readerOf(again, 'committed', 0))).toEqual(['0:a0', '4:c', '6:d']);
  const third = await openLog(storage);
  expect(await readAll(readerOf(third, 'committed', 0))).toEqual(['0:a0', '4:c', '6:d']);
});

test('a transaction over its timeout is aborted, and its producer is fenced', async () => {
  const clock = new TestClock();
  const log = embedded({ clock });
  await (await log.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  const slow = await log.producer({ clientId: 'p', transactionalId: 'x', transactionTimeout: 1_000 });
  const reader = await log.consumer({ clientId: 'r' });
  reader.assign([{ ...t(), offset: 0 }]);
  slow.begin();
  slow.send(outgoing('late'));
  await slow.flush();
  const plain = await log.producer({ clientId: 'q' });
  plain.send(outgoing('behind'));
  await plain.flush();
  clock.advance(999);
  expect(await readAll(reader)).toEqual([]);
  clock.advance(1);
  await plain.flush();
  expect(await readAll(reader)).toEqual(['1:behind']);
  slow.send(outgoing('never'));
  await expect(slow.commit()).rejects.toThrow(FencedError);
  await expect(slow.flush()).rejects.toThrow('its transaction was open for more than 1000 ms');
  await slow.abort();
  slow.begin();
  await expect(slow.commit()).rejects.toThrow(FencedError);
  expect(await readAll(reader)).toEqual([]);

  const next = await log.producer({ clientId: 'p', transactionalId: 'x' });
  next.begin();
  next.send(outgoing('in time'));
  await next.commit();
  clock.advance(20_000);
  expect(await readAll(reader)).toEqual(['3:in time']);
});

test('reads of offsets wait for the open transaction that holds them', async () => {
  const log = embedded();
  await (await log.admin()).create([{ name: 't', partitions: 2, config: {} }]);
  const producer = await log.producer({ clientId: 'p', transactionalId: 'x' });
  const member = await log.consumer({ clientId: 'c', group: 'g' });
  member.assign([{ ...t(), offset: 0 }]);
  producer.begin();
  await producer.sendOffsets([{ ...t(), offset: 7, metadata: 'seven' }], member);
  expect(await member.committed([t(1)])).toEqual([undefined]);
  const asked = member.committed([t()]);
  await producer.commit();
  expect(await asked).toEqual([{ ...t(), offset: 7, metadata: 'seven' }]);
  producer.begin();
  await producer.sendOffsets([{ ...t(), offset: 8 }], member);
  await producer.abort();
  expect(await member.committed([t()])).toEqual([{ ...t(), offset: 7, metadata: 'seven' }]);
});

test('calls out of order name the call to make', async () => {
  const log = embedded();
  await (await log.admin()).create([{ name: 't', partitions: 1, config: {} }]);
  const plain = await log.producer({ clientId: 'p' });
  expect(() => plain.begin()).toThrow('without a transactionalId');
  const producer = await log.producer({ clientId: 'p', transactionalId: 'x' });
  expect(() => producer.send(outgoing('x'))).toThrow('call begin first');
  await expect(producer.commit()).rejects.toThrow('call begin first');
  producer.begin();
  expect(() => producer.begin()).toThrow('commit or abort it before the next');
  producer.send({ ...outgoing('x'), topic: 'missing' });
  await expect(producer.commit()).rejects.toThrow('create the topic first');
  await producer.abort();
});
