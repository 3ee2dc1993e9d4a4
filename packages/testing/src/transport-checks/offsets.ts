import { check, type TransportCheck } from './check.js';
import { expectEqual } from './expect.js';
import { partitionsOf, recordOf, textOf } from './transport-harness.js';

/** Checks of partition bounds and committed offsets. */
export const offsetChecks: readonly TransportCheck[] = [
  check('earliest and latest offset of each partition, in the requested order', async (harness) => {
    const topic = await harness.topic(3);
    const producer = await harness.producer();
    for (const value of ['a', 'b']) producer.send(recordOf(topic, value, { partition: 2 }));
    producer.send(recordOf(topic, 'c', { partition: 1 }));
    await producer.flush();
    const consumer = await harness.consumer();
    const requested = [2, 0, 1].map((partition) => ({ topic, partition }));
    expectEqual(await consumer.offsets(requested, 'earliest'), [0, 0, 0], 'earliest');
    expectEqual(await consumer.offsets(requested, 'latest'), [2, 0, 1], 'latest');
    expectEqual(await consumer.offsets(requested, 'latest-written'), [2, 0, 1], 'latest written');
    expectEqual(await consumer.offsets([], 'latest'), [], 'of nothing');
  }),

  check('a timestamp finds the first record that is not older, or the end', async (harness) => {
    const topic = await harness.topic(2);
    const producer = await harness.producer();
    for (const timestamp of [100, 200, 300]) producer.send(recordOf(topic, 'x', { timestamp }));
    await producer.flush();
    const consumer = await harness.consumer();
    const found: unknown[] = [];
    for (const timestamp of [0, 100, 101, 300, 301]) {
      found.push(await consumer.offsets(partitionsOf(topic, 2), { timestamp }));
    }
    expectEqual(
      found,
      [
        [0, 0],
        [0, 0],
        [1, 0],
        [2, 0],
        [3, 0],
      ],
      'offsets at 0, 100, 101, 300 and 301',
    );
  }),

  check('a position before the oldest record continues at it, and skips nothing', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    for (const value of ['a', 'b', 'c', 'd']) producer.send(recordOf(topic, value));
    await producer.flush();
    const admin = await harness.admin();
    await admin.purge([{ topic, partition: 0, offset: 2 }]);
    const reader = await harness.reader(topic);
    expectEqual((await harness.read(reader, 2)).map(textOf), ['c', 'd'], 'values');
  }),

  check('purged records are gone, offsets stay', async (harness) => {
    const topic = await harness.topic();
    const producer = await harness.producer();
    for (const value of ['0', '1', '2', '3', '4']) producer.send(recordOf(topic, value));
    await producer.flush();
    const admin = await harness.admin();
    await admin.purge([{ topic, partition: 0, offset: 3 }]);
    const consumer = await harness.consumer();
    expectEqual(await consumer.offsets(partitionsOf(topic, 1), 'earliest'), [3], 'earliest');
    expectEqual(await consumer.offsets(partitionsOf(topic, 1), 'latest'), [5], 'latest');
    consumer.assign([{ topic, partition: 0, offset: 3 }]);
    expectEqual((await harness.read(consumer, 2)).map(textOf), ['3', '4'], 'values');
  }),

  check(
    'a group reads its committed offsets with their metadata; other groups and partitions have none',
    async (harness) => {
      const topic = await harness.topic(3);
      const group = harness.name('group');
      const writer = await harness.consumer({ group });
      writer.assign(partitionsOf(topic, 2).map((one) => ({ ...one, offset: 0 })));
      await writer.commit([
        { topic, partition: 0, offset: 3, metadata: 'a note: ü' },
        { topic, partition: 1, offset: 0 },
      ]);
      await writer.commit([{ topic, partition: 1, offset: 9 }]);
      await writer.close();
      const same = await harness.consumer({ group });
      const found = await same.committed([2, 1, 0].map((partition) => ({ topic, partition })));
      expectEqual(
        found.map((one) =>
          one === undefined ? undefined : [one.topic, one.partition, one.offset, one.metadata ?? ''],
        ),
        [undefined, [topic, 1, 9, ''], [topic, 0, 3, 'a note: ü']],
        'the committed offsets of the group',
      );
      const other = await harness.consumer({ group: harness.name('group') });
      expectEqual(
        await other.committed(partitionsOf(topic, 2)),
        [undefined, undefined],
        'what another group committed',
      );
    },
  ),

  check('metadata may have 4,000 bytes', async (harness) => {
    const topic = await harness.topic();
    const group = harness.name('group');
    const metadata = `${'x'.repeat(3_998)}ü`;
    const writer = await harness.consumer({ group });
    writer.assign([{ topic, partition: 0, offset: 0 }]);
    await writer.commit([{ topic, partition: 0, offset: 1, metadata }]);
    const [found] = await writer.committed(partitionsOf(topic, 1));
    expectEqual(found?.metadata === metadata, true, 'the note is whole');
  }),
];
