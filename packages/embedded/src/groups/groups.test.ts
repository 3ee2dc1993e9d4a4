import { expect, test } from '@jest/globals';
import { FencedError, type Subscription, type TopicPartition, type Transport } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { t } from '../../test/records.js';
import { embedded } from '../index.js';

/** Returns a log with one topic, its clock, and the events of its members. */
const prepare = async (partitions: number) => {
  const clock = new TestClock();
  const log = embedded({ clock, pollTimeout: 1_000, sessionTimeout: 500 });
  await (await log.admin()).create([{ name: 't', partitions, config: {} }]);
  return { clock, log, events: [] as string[] };
};

const join = async (
  log: Transport,
  name: string,
  events: string[],
  more: Partial<Subscription> & { instanceId?: string } = {},
) => {
  const { instanceId, ...subscription } = more;
  const consumer = await log.consumer({
    clientId: name,
    group: 'g',
    ...(instanceId === undefined ? {} : { instanceId }),
  });
  const say = (word: string, partitions: readonly TopicPartition[]): readonly TopicPartition[] => {
    events.push(
      `${name} ${word} ${partitions
        .map(({ partition }) => partition)
        .sort()
        .join()}`,
    );
    return partitions;
  };
  await consumer.subscribe({
    topics: ['t'],
    listener: {
      assigned: async (partitions) => {
        say('gets', partitions);
        return partitions.map((one) => ({ ...one, offset: 0 }));
      },
      revoked: async (partitions) => say('gives', partitions),
      lost: async (partitions) => say('loses', partitions),
    },
    ...subscription,
  });
  return consumer;
};

test('a partition that moves is revoked before it is assigned, and others are not interrupted', async () => {
  const { log, events } = await prepare(4);
  const one = await join(log, 'one', events);
  await one.poll(1, 0);
  const two = await join(log, 'two', events);
  await two.poll(1, 0);
  expect(events).toEqual(['one gets 0,1,2,3']);
  await one.poll(1, 0);
  await two.poll(1, 0);
  expect(events).toEqual(['one gets 0,1,2,3', 'one gives 2,3', 'two gets 2,3']);
  await expect(one.commit([{ ...t(3), offset: 1 }])).rejects.toThrow(FencedError);
  await two.close();
  await one.poll(1, 0);
  expect(events.at(-1)).toBe('one gets 2,3');
});

test('a member that misses the poll timeout loses its partitions, is fenced, and joins again', async () => {
  const { clock, log, events } = await prepare(2);
  const late = await join(log, 'late', events);
  await late.poll(1, 0);
  const prompt = await join(log, 'prompt', events);
  clock.advance(999);
  await prompt.poll(1, 0);
  expect(events).toEqual(['late gets 0,1']);
  clock.advance(1);
  await prompt.poll(1, 0);
  expect(events).toEqual(['late gets 0,1', 'prompt gets 0,1']);
  await expect(late.commit([{ ...t(), offset: 1 }])).rejects.toThrow('no member of group "g" any more');
  const producer = await log.producer({ clientId: 'p', transactionalId: 'x' });
  producer.begin();
  await expect(producer.sendOffsets([{ ...t(), offset: 1 }], late)).rejects.toThrow(FencedError);
  await producer.abort();
  await late.poll(1, 0);
  expect(late.position(t())).toBeUndefined();
  await prompt.poll(1, 0);
  await late.poll(1, 0);
  expect(events.slice(2)).toEqual(['late loses 0,1', 'prompt gives 1', 'late gets 1']);
});

test('a member that waits in a poll does not time out', async () => {
  const { clock, log, events } = await prepare(2);
  const waiting = await join(log, 'waiting', events);
  const polled = waiting.poll(1, 5_000);
  const other = await join(log, 'other', events);
  clock.advance(4_000);
  await other.poll(1, 0);
  waiting.wake();
  await polled;
  await other.poll(1, 0);
  expect(events).toEqual(['waiting gets 0,1', 'waiting gives 1', 'other gets 1']);
});

test('a waiting poll takes part in a rebalance at once', async () => {
  const { log, events } = await prepare(2);
  const one = await join(log, 'one', events);
  await one.poll(1, 0);
  const waiting = one.poll(1, 60_000);
  const two = await join(log, 'two', events);
  const other = two.poll(1, 60_000);
  while (events.length < 3) await new Promise((resolve) => setImmediate(resolve));
  expect(events).toEqual(['one gets 0,1', 'one gives 1', 'two gets 1']);
  one.wake();
  two.wake();
  expect(await Promise.all([waiting, other])).toEqual([[], []]);
});

test('a closed member with an instance id keeps its partitions for the session timeout', async () => {
  const { clock, log, events } = await prepare(4);
  const one = await join(log, 'one', events, { instanceId: '1' });
  const two = await join(log, 'two', events, { instanceId: '2' });
  await one.poll(1, 0);
  await two.poll(1, 0);
  expect(events.splice(0)).toEqual(['one gets 0,1', 'two gets 2,3']);
  await two.close();
  clock.advance(499);
  await one.poll(1, 0);
  const back = await join(log, 'back', events, { instanceId: '2' });
  await back.poll(1, 0);
  await one.poll(1, 0);
  expect(events.splice(0)).toEqual(['back gets 2,3']);
  await back.close();
  clock.advance(500);
  await one.poll(1, 0);
  expect(events).toEqual(['one gets 2,3']);
});

test('a second member with the same instance id replaces the first, which is fenced', async () => {
  const { log, events } = await prepare(2);
  const first = await join(log, 'first', events, { instanceId: '1' });
  await first.poll(1, 0);
  const second = await join(log, 'second', events, { instanceId: '1' });
  await second.poll(1, 0);
  await expect(first.commit([{ ...t(), offset: 1 }])).rejects.toThrow(FencedError);
  await expect(first.poll(1, 0)).rejects.toThrow('another member has the instance id "1"');
  await first.close();
  await second.poll(1, 0);
  expect(events).toEqual(['first gets 0,1', 'second gets 0,1', 'first loses 0,1']);
});

test('created and deleted topics start a rebalance', async () => {
  const { log, events } = await prepare(1);
  const admin = await log.admin();
  const member = await join(log, 'm', events, { topics: ['t', 'later'] });
  await member.poll(1, 0);
  await admin.create([{ name: 'later', partitions: 2, config: {} }]);
  await member.poll(1, 0);
  await admin.delete(['t']);
  await member.poll(1, 0);
  expect(events).toEqual(['m gets 0', 'm gets 0,1', 'm gives 0']);
  expect(member.position(t())).toBeUndefined();
});

test('only members commit for a group with members, and commits need a group', async () => {
  const { log, events } = await prepare(1);
  const outside = await log.consumer({ clientId: 'o', group: 'g' });
  await outside.commit([{ ...t(), offset: 4 }]);
  const member = await join(log, 'm', events);
  await member.poll(1, 0);
  await expect(outside.commit([{ ...t(), offset: 1 }])).rejects.toThrow('group "g" has members');
  expect(await member.committed([t()])).toEqual([{ ...t(), offset: 4 }]);
  await member.close();
  await outside.commit([{ ...t(), offset: 5 }]);
  const alone = await log.consumer({ clientId: 'a' });
  await expect(alone.commit([{ ...t(), offset: 1 }])).rejects.toThrow('a consumer without a group');
  await expect(outside.commit([{ ...t(7), offset: 1 }])).rejects.toThrow('create the topic first');
  await expect(outside.commit([{ ...t(), offset: 1, metadata: 'x'.repeat(4_096) }])).rejects.toThrow('at most 4095');
});

test('the listener decides which partitions are read for those of the group, and which no more', async () => {
  const { log, events } = await prepare(2);
  const admin = await log.admin();
  await admin.create(['a', 'b'].map((name) => ({ name, partitions: 2, config: {} })));
  const both = ({ partition }: TopicPartition) => ['a', 'b'].map((topic) => ({ topic, partition }));
  const one = await join(log, 'one', events, {
    listener: {
      assigned: async (partitions) => partitions.flatMap(both).map((position) => ({ ...position, offset: 0 })),
      revoked: async (partitions) => partitions.flatMap(both),
      lost: async () => [],
    },
  });
  const reads = (partition: number) => ['t', 'a', 'b'].filter((topic) => one.position({ topic, partition }) === 0);
  await one.poll(1, 0);
  expect([reads(0), reads(1)]).toEqual([
    ['a', 'b'],
    ['a', 'b'],
  ]);
  await one.commit([{ ...t(1), offset: 0, metadata: 'held, though not read' }]);
  const two = await join(log, 'two', events);
  await one.poll(1, 0);
  await two.poll(1, 0);
  expect([reads(0), reads(1)]).toEqual([['a', 'b'], []]);
  await expect(one.commit([{ ...t(1), offset: 0 }])).rejects.toThrow(FencedError);
});
