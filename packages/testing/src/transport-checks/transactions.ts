import { type Consumer, FencedError, type Producer } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual, expectRejection } from './expect.js';
import { partitionsOf, recordOf, type TransportHarness, textOf } from './transport-harness.js';

const transactional = (harness: TransportHarness, transactionalId = harness.name('id')): Promise<Producer> =>
  harness.producer({ transactionalId });

const expectNothing = async (consumer: Consumer, what: string): Promise<void> =>
  expectEqual((await consumer.poll(100, 300)).map(textOf), [], what);

/** Checks of transactions. */
export const transactionChecks: readonly TransportCheck[] = [
  check('records of an open transaction are hidden until it commits; `latest` reads them before', async (harness) => {
    const topic = await harness.topic(2);
    const producer = await transactional(harness);
    producer.begin();
    for (const partition of [0, 1]) {
      for (const value of ['a', 'b']) producer.send(recordOf(topic, value, { partition }));
    }
    await producer.flush();
    const early = await harness.reader(topic, 2, { isolation: 'latest' });
    expectEqual((await harness.read(early, 4)).map(textOf).sort(), ['a', 'a', 'b', 'b'], 'what `latest` reads');
    const reader = await harness.reader(topic, 2);
    await expectNothing(reader, 'what `committed` reads of an open transaction');
    await producer.commit();
    expectEqual((await harness.read(reader, 4)).map(textOf).sort(), ['a', 'a', 'b', 'b'], 'what it reads then');
  }),

  check('several transactions of one producer are read in order', async (harness) => {
    const topic = await harness.topic();
    const producer = await transactional(harness);
    for (const value of ['a', 'b', 'c']) {
      producer.begin();
      producer.send(recordOf(topic, `${value}1`));
      producer.send(recordOf(topic, `${value}2`));
      await producer.commit();
    }
    const values = (await harness.read(await harness.reader(topic), 6)).map(textOf);
    expectEqual(values, ['a1', 'a2', 'b1', 'b2', 'c1', 'c2'], 'values');
  }),

  check('aborted records are never read, and readers continue after them', async (harness) => {
    const topic = await harness.topic();
    const producer = await transactional(harness);
    const reader = await harness.reader(topic);
    for (const [value, end] of [
      ['a', 'commit'],
      ['b', 'abort'],
      ['c', 'commit'],
      ['d', 'abort'],
    ] as const) {
      producer.begin();
      producer.send(recordOf(topic, value));
      await producer.flush();
      await producer[end]();
    }
    expectEqual((await harness.read(reader, 2)).map(textOf), ['a', 'c'], 'values');
    await expectNothing(reader, 'what comes after');
    await harness.until('the reader knows that it is at the end', async () => {
      await reader.poll(10, 100);
      return reader.caughtUp({ topic, partition: 0 }) || `its position is ${reader.position({ topic, partition: 0 })}`;
    });
    const [end] = await reader.offsets(partitionsOf(topic, 1), 'latest');
    expectEqual(reader.position({ topic, partition: 0 }), end, 'its position is the end');
  }),

  check('records of other producers after an open transaction wait for its end', async (harness) => {
    const topic = await harness.topic();
    const [open, plain] = [await transactional(harness), await harness.producer()];
    open.begin();
    open.send(recordOf(topic, 'open'));
    await open.flush();
    plain.send(recordOf(topic, 'plain'));
    await plain.flush();
    const reader = await harness.reader(topic);
    await expectNothing(reader, 'what is read while it is open');
    await open.abort();
    expectEqual((await harness.read(reader, 1)).map(textOf), ['plain'], 'what is read after');
  }),

  check('`latest` is the end of readable records, `latest-written` that of all records', async (harness) => {
    const topic = await harness.topic();
    const partition = partitionsOf(topic, 1);
    const [plain, producer] = [await harness.producer(), await transactional(harness)];
    plain.send(recordOf(topic, 'a'));
    await plain.flush();
    producer.begin();
    for (const value of ['b', 'c']) producer.send(recordOf(topic, value));
    await producer.flush();
    const [committed, latest] = [await harness.consumer(), await harness.consumer({ isolation: 'latest' })];
    expectEqual(await committed.offsets(partition, 'latest'), [1], 'latest, committed');
    expectEqual(await latest.offsets(partition, 'latest'), [3], 'latest, uncommitted');
    expectEqual(await committed.offsets(partition, 'latest-written'), [3], 'latest written');
    await producer.commit();
    await harness.until('latest has reached what is written', async () => {
      const ends = await Promise.all(
        (['latest', 'latest-written'] as const).map(async (at) => (await committed.offsets(partition, at))[0] ?? -1),
      );
      return (ends[0] === ends[1] && (ends[0] ?? 0) >= 3) || `they are ${ends.join(' and ')}`;
    });
  }),

  check('a transaction without records commits and aborts', async (harness) => {
    const producer = await transactional(harness);
    producer.begin();
    await producer.commit();
    producer.begin();
    await producer.abort();
  }),

  check(
    'a later producer of the same id aborts the open transaction of the older one, and fences it',
    async (harness) => {
      const topic = await harness.topic();
      const id = harness.name('id');
      const older = await transactional(harness, id);
      older.begin();
      older.send(recordOf(topic, 'left open'));
      await older.flush();
      const later = await transactional(harness, id);
      later.begin();
      later.send(recordOf(topic, 'later'));
      await later.commit();
      older.send(recordOf(topic, 'too late'));
      await expectRejection(older.commit(), FencedError, 'a commit by the older');
      const reader = await harness.reader(topic);
      expectEqual((await harness.read(reader, 1)).map(textOf), ['later'], 'values');
      await expectNothing(reader, 'what comes after');
    },
  ),

  check('offsets in a transaction count when it commits, and not when it aborts', async (harness) => {
    const topic = await harness.topic();
    const group = harness.name('group');
    const member = await harness.member({ group, topics: [topic] });
    await harness.poll([member], 'the member has its partition', () => member.held.size === 1);
    const producer = await transactional(harness);
    const committed = async () => {
      const [found] = await member.consumer.committed(partitionsOf(topic, 1));
      return found && [found.offset, found.metadata ?? ''];
    };
    producer.begin();
    producer.send(recordOf(topic, 'x'));
    await producer.sendOffsets([{ topic, partition: 0, offset: 5, metadata: 'note' }], member.consumer);
    await producer.commit();
    expectEqual(await committed(), [5, 'note'], 'after the commit');
    producer.begin();
    producer.send(recordOf(topic, 'y'));
    await producer.sendOffsets([{ topic, partition: 0, offset: 9 }], member.consumer);
    await producer.abort();
    expectEqual(await committed(), [5, 'note'], 'after the abort');
  }),

  check('a member that lost a partition cannot commit its offset in a transaction', async (harness) => {
    const topic = await harness.topic(2);
    const options = { group: harness.name('group'), topics: [topic] };
    const first = await harness.member(options);
    await harness.poll([first], 'the first has all', () => first.held.size === 2);
    const second = await harness.member(options);
    await harness.poll([first, second], 'both have one', () => first.held.size === 1 && second.held.size === 1);
    const producer = await transactional(harness);
    producer.begin();
    producer.send(recordOf(topic, 'x'));
    await expectRejection(
      producer.sendOffsets(second.positions(), first.consumer),
      FencedError,
      'offsets of a partition of another member',
    );
    await producer.abort();
    const [moved] = second.positions();
    if (moved === undefined) throw new Error('the second member has no partition');
    expectEqual(await second.consumer.committed([moved]), [undefined], 'what is committed');
  }),

  check('acknowledged returns the offset after the records of a transaction', async (harness) => {
    const topic = await harness.topic();
    const producer = await transactional(harness);
    producer.begin();
    for (const value of ['a', 'b', 'c']) producer.send(recordOf(topic, value));
    await producer.commit();
    expectEqual(producer.acknowledged({ topic, partition: 0 }), 3, 'the offset after the last');
    const reader = await harness.reader(topic);
    const records = await harness.read(reader, 3);
    expectEqual(
      records.map(({ offset }) => offset),
      [0, 1, 2],
      'offsets',
    );
    expectEqual((reader.position({ topic, partition: 0 }) ?? 0) >= 3, true, 'the position has reached it');
  }),
];
