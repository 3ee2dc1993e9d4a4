import { messageOf, type RemovedRecords, systemClock } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual } from './expect.js';
import { partitionsOf, recordOf, type TransportHarness, textOf } from './transport-harness.js';

/** Creates a topic with the values `0`, `1` … in each partition. */
const filled = async (harness: TransportHarness, partitions: number, count: number): Promise<string> => {
  const topic = await harness.topic(partitions);
  const producer = await harness.producer();
  for (const { partition } of partitionsOf(topic, partitions)) {
    for (let i = 0; i < count; i++) producer.send(recordOf(topic, String(i), { partition }));
  }
  await producer.flush();
  return topic;
};

const values = (from: number, to: number): string[] => Array.from({ length: to - from }, (_, i) => String(from + i));

/** Checks of consumers: polling, pausing and seeking. */
export const readingChecks: readonly TransportCheck[] = [
  check('a poll returns at most the requested number of records', async (harness) => {
    const topic = await filled(harness, 2, 20);
    const reader = await harness.reader(topic, 2);
    let count = 0;
    await harness.until('all are read', async () => {
      const records = await reader.poll(7, 100);
      expectEqual(records.length <= 7, true, `a poll for 7 answered ${records.length}`);
      count += records.length;
      return count === 40 || `${count} were`;
    });
  }),

  check('a waiting poll returns with the first record, long before its timeout', async (harness) => {
    const topic = await harness.topic();
    const reader = await harness.reader(topic);
    const producer = await harness.producer();
    const begun = systemClock.monotonic();
    const polled = reader.poll(10, 25_000);
    producer.send(recordOf(topic, 'x'));
    await producer.flush();
    expectEqual((await polled).map(textOf), ['x'], 'what the poll answers');
    expectEqual(systemClock.monotonic() - begun < 20_000, true, 'the poll returned early');
  }),

  check('wake ends a pending poll, or the next one', async (harness) => {
    const reader = await harness.reader(await harness.topic());
    const begun = systemClock.monotonic();
    const polled = reader.poll(10, 25_000);
    reader.wake();
    expectEqual(await polled, [], 'the pending poll');
    reader.wake();
    expectEqual(await reader.poll(10, 25_000), [], 'the next poll');
    expectEqual(systemClock.monotonic() - begun < 20_000, true, 'both returned early');
  }),

  check('deleted records are reported, and reading continues from the oldest record', async (harness) => {
    const topic = await filled(harness, 2, 10);
    await (await harness.admin()).purge([{ topic, partition: 1, offset: 4 }]);
    const removed: RemovedRecords[] = [];
    const reader = await harness.reader(topic, 2, {
      removed: (records) => (removed.push(records) > 0 ? 'earliest' : 'latest'),
    });
    const read = await harness.read(reader, 16);
    expectEqual(removed, [{ topic, partition: 1, from: 0, to: 4 }], 'the reported records');
    expectEqual(read.filter(({ partition }) => partition === 1).map(textOf), values(4, 10), 'values');
  }),

  check('after deleted records reading can continue at the end, or fail', async (harness) => {
    const topic = await filled(harness, 1, 10);
    await (await harness.admin()).purge([{ topic, partition: 0, offset: 4 }]);
    let reported = 0;
    const reader = await harness.reader(topic, 1, { removed: () => (++reported > 0 ? 'latest' : 'earliest') });
    await harness.until('the removal is reported', async () => {
      expectEqual((await reader.poll(10, 10)).length, 0, 'records before the end');
      return reported > 0 || 'not yet';
    });
    const producer = await harness.producer();
    producer.send(recordOf(topic, 'new'));
    await producer.flush();
    expectEqual((await harness.read(reader, 1)).map(textOf), ['new'], 'values');
    const failing = await harness.reader(topic, 1, {
      removed: () => {
        throw new Error('records are gone');
      },
    });
    await harness.until('a poll fails', async () => {
      const failure = await failing.poll(10, 10).then(
        () => 'it did not',
        (thrown: unknown) => messageOf(thrown),
      );
      return failure === 'records are gone' || failure;
    });
  }),

  check('a partition assigned from the middle is read from there', async (harness) => {
    const topic = await filled(harness, 1, 10);
    const reader = await harness.consumer();
    reader.assign([{ topic, partition: 0, offset: 6 }]);
    expectEqual((await harness.read(reader, 4)).map(textOf), values(6, 10), 'values');
  }),

  check('paused partitions wait while others are read, and continue without gap or repetition', async (harness) => {
    const topic = await filled(harness, 2, 30);
    const [zero, one] = [
      { topic, partition: 0 },
      { topic, partition: 1 },
    ];
    const reader = await harness.reader(topic, 2);
    reader.pause([zero]);
    const flowing = await harness.read(reader, 30);
    expectEqual(
      flowing.map(({ partition }) => partition),
      Array(30).fill(1),
      'partitions while 0 is paused',
    );
    expectEqual([reader.position(zero), reader.position(one)], [0, 30], 'positions');
    reader.resume([zero]);
    const first = await reader.poll(10, 0);
    reader.pause([zero]);
    expectEqual(await reader.poll(10, 200), [], 'what a paused partition gives');
    reader.resume([zero]);
    const rest = await harness.read(reader, 30 - first.length);
    expectEqual([...first, ...rest].map(textOf), values(0, 30), 'values of partition 0');
  }),

  check('a seek in either direction continues from there, and drops fetched records', async (harness) => {
    const topic = await filled(harness, 1, 50);
    const partition = { topic, partition: 0 };
    const reader = await harness.reader(topic);
    await harness.until('a record is polled', async () => (await reader.poll(1, 100)).length === 1 || 'none yet');
    await reader.seek({ ...partition, offset: 40 });
    expectEqual(reader.position(partition), 40, 'the position after the seek');
    expectEqual((await harness.read(reader, 10)).map(textOf), values(40, 50), 'values after a seek forth');
    await reader.seek({ ...partition, offset: 45 });
    expectEqual((await harness.read(reader, 5)).map(textOf), values(45, 50), 'values after a seek back');
  }),

  check('the position is the offset after the polled records, and undefined without an assignment', async (harness) => {
    const topic = await filled(harness, 1, 5);
    const partition = { topic, partition: 0 };
    const reader = await harness.consumer();
    expectEqual(reader.position(partition), undefined, 'before it is assigned');
    reader.assign([{ ...partition, offset: 2 }]);
    expectEqual(reader.position(partition), 2, 'when it is assigned');
    await harness.until('two are polled', async () => {
      await reader.poll(1, 100);
      return reader.position(partition) === 4 || `the position is ${reader.position(partition)}`;
    });
    reader.unassign([partition]);
    expectEqual(reader.position(partition), undefined, 'when it is not assigned any more');
  }),

  check('an unassigned partition is no longer read', async (harness) => {
    const topic = await filled(harness, 2, 10);
    const reader = await harness.reader(topic, 2);
    await reader.poll(1, 100);
    reader.unassign([{ topic, partition: 0 }]);
    const producer = await harness.producer();
    for (const partition of [0, 1]) producer.send(recordOf(topic, 'end', { partition }));
    await producer.flush();
    await harness.until('the end of the other is read', async () => {
      const records = await reader.poll(100, 100);
      expectEqual(records.filter(({ partition }) => partition === 0).map(textOf), [], 'records of partition 0');
      return records.some((record) => textOf(record) === 'end') || 'it is not';
    });
  }),

  check('caughtUp is true at the end of a partition', async (harness) => {
    const topic = await filled(harness, 1, 5);
    const partition = { topic, partition: 0 };
    const reader = await harness.reader(topic);
    await harness.until('a first record is polled', async () => (await reader.poll(1, 100)).length === 1 || 'none yet');
    expectEqual(reader.caughtUp(partition), false, 'with four records left');
    await harness.read(reader, 4);
    await harness.until('it has caught up', async () => {
      await reader.poll(10, 50);
      return reader.caughtUp(partition) || 'it has not';
    });
    const end = reader.lastEnd?.(partition);
    if (end !== undefined) expectEqual(end, reader.position(partition), 'the last end of a partition that was read');
  }),
];
