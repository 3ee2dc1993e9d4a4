import { partitionId, type TopicPartition } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual } from './expect.js';
import type { Member } from './member.js';
import { partitionsOf, recordOf, textOf } from './transport-harness.js';

const held = (...members: readonly Member[]): string[] => members.map((member) => [...member.held].sort().join(' '));

/** Checks of assignments: the partitions that members get and keep. */
export const sharingChecks: readonly TransportCheck[] = [
  check('a member without a partition gets an empty assignment', async (harness) => {
    const topic = await harness.topic();
    const options = { group: harness.name('group'), topics: [topic] };
    const first = await harness.member(options);
    await harness.poll([first], 'the first has the partition', () => first.held.size === 1);
    const second = await harness.member(options);
    await harness.poll([first, second], 'the second has heard of its share', () => second.shares > 0);
    expectEqual(held(first, second).sort(), ['', `${topic}/0`], 'who has what');
  }),

  check('a topic added later is assigned with its leader, at its committed offsets', async (harness) => {
    const [leader, late] = [await harness.topic(2), await harness.topic(2)];
    const followers: string[] = [];
    const options = { group: harness.name('group'), topics: [leader], followers };
    const first = await harness.member(options);
    await harness.poll([first], 'the first has the leader', () => first.held.size === 2);
    const producer = await harness.producer();
    const send = async (value: string): Promise<void> => {
      for (const { partition } of partitionsOf(late, 2)) producer.send(recordOf(late, value, { partition }));
      await producer.flush();
    };
    await send('a');

    followers.push(late);
    first.add(partitionsOf(late, 2));
    await harness.poll([first], 'the first reads what joined', () => first.records.length === 2);
    await first.commit();
    const second = await harness.member(options);
    await harness.poll([first, second], 'both have half', () => first.held.size === 2 && second.held.size === 2);
    const partitionsAt = (member: Member, topic: string) =>
      [...member.held].flatMap((id) => (id.startsWith(`${topic}/`) ? id.slice(topic.length) : []));
    expectEqual(partitionsAt(second, late), partitionsAt(second, leader), 'what joined is where its leader is');
    await send('b');
    const read = () => [...first.records, ...second.records].map(textOf).sort();
    await harness.poll([first, second], 'all is read', () => read().length >= 4);
    expectEqual(read(), ['a', 'a', 'b', 'b'], 'each is read once');
    const committed = await second.consumer.committed(partitionsOf(late, 2).filter(isAt(second)));
    expectEqual(
      committed.map((one) => one?.offset),
      [1],
      'the offset that the first committed',
    );
  }),

  check('the members of a group are listed with their labels', async (harness) => {
    const [topic, group, admin] = [await harness.topic(), harness.name('group'), await harness.admin()];
    expectEqual(await admin.members(group), [], 'the members of an unknown group');
    const labelled = await harness.member({ group, topics: [topic], label: 'v2.a-b_c:d' });
    const plain = await harness.member({ group, topics: [topic] });
    await harness.poll([labelled, plain], 'both have their share', () => labelled.shares > 0 && plain.shares > 0);
    const labels = (await admin.members(group)).map(({ label }) => label ?? 'none');
    expectEqual(labels.sort(), ['none', 'v2.a-b_c:d'], 'their labels');
    await labelled.leave();
    await harness.until('the first has left', async () => {
      const names = (await admin.members(group)).map(({ name }) => name);
      return names.length === 1 || `members: ${names.join(', ')}`;
    });
  }),

  check('added partitions of a leader are assigned', async (harness) => {
    const topic = await harness.topic();
    const first = await harness.member({ group: harness.name('group'), topics: [topic] });
    await harness.poll([first], 'the partition is assigned', () => first.held.size === 1);
    await (await harness.admin()).grow(topic, 2);
    await harness.poll([first], 'the added one is assigned', () => first.held.size === 2);
  }),
];

const isAt =
  (member: Member) =>
  (partition: TopicPartition): boolean =>
    member.held.has(partitionId(partition));
