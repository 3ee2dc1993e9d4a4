import { FencedError, partitionId, systemClock, TransportError } from '@kstreams/core/graph';
import { check, type TransportCheck } from './check.js';
import { expectEqual, expectRejection } from './expect.js';
import { Holders, type Member } from './member.js';
import { partitionsOf, recordOf, type TransportHarness, textOf } from './transport-harness.js';

const send = async (
  harness: TransportHarness,
  topic: string,
  partitions: number,
  values: readonly string[],
): Promise<void> => {
  const producer = await harness.producer();
  for (const { partition } of partitionsOf(topic, partitions)) {
    for (const value of values) producer.send(recordOf(topic, value, { partition }));
  }
  await producer.flush();
};

const ids = (topic: string, count: number): string[] => partitionsOf(topic, count).map(partitionId);
const heldBy = (...members: readonly Member[]): string[] => members.flatMap(({ held }) => [...held]).sort();
const isShared = (partitions: readonly string[], ...members: readonly Member[]): boolean =>
  heldBy(...members).join() === [...partitions].sort().join() && members.every(({ held }) => held.size > 0);

/** Checks of groups: members join and leave, partitions move. */
export const groupChecks: readonly TransportCheck[] = [
  check('a single member gets every partition, and those that go with them', async (harness) => {
    const [leader, follower] = [await harness.topic(3), await harness.topic(3)];
    await send(harness, leader, 3, ['l']);
    await send(harness, follower, 3, ['f']);
    const member = await harness.member({ group: harness.name('group'), topics: [leader], followers: [follower] });
    await harness.poll([member], 'it has all', () => member.held.size === 6);
    expectEqual(heldBy(member), [...ids(leader, 3), ...ids(follower, 3)].sort(), 'partitions');
    await harness.poll([member], 'it has read all', () => member.records.length === 6);
    expectEqual(member.records.map(textOf).sort(), ['f', 'f', 'f', 'l', 'l', 'l'], 'values');
  }),

  check('assigned partitions are paused until they are resumed, at the given offsets', async (harness) => {
    const topic = await harness.topic();
    await send(harness, topic, 1, ['a', 'b', 'c']);
    const consumer = await harness.consumer({ group: harness.name('group') });
    let given = false;
    await consumer.subscribe({
      topics: [topic],
      listener: {
        assigned: async (partitions) => {
          given = true;
          return partitions.map((one) => ({ ...one, offset: 1 }));
        },
        revoked: async () => [],
        lost: async () => [],
      },
    });
    await harness.until('the partition is given', async () => {
      expectEqual((await consumer.poll(10, 100)).map(textOf), [], 'what a paused partition gives');
      return given || 'it is not';
    });
    expectEqual((await consumer.poll(10, 300)).map(textOf), [], 'what a paused partition gives');
    expectEqual(consumer.position({ topic, partition: 0 }), 1, 'its position');
    consumer.resume([{ topic, partition: 0 }]);
    expectEqual((await harness.read(consumer, 2)).map(textOf), ['b', 'c'], 'values');
  }),

  check(
    'a second member takes its share; the rest stays assigned, and no partition has two owners',
    async (harness) => {
      const [leader, follower] = [await harness.topic(4), await harness.topic(4)];
      const holders = new Holders();
      const options = { group: harness.name('group'), topics: [leader], followers: [follower], holders };
      const first = await harness.member(options);
      await harness.poll([first], 'the first has all', () => first.held.size === 8);
      const second = await harness.member(options);
      const all = [...ids(leader, 4), ...ids(follower, 4)];
      await harness.poll(
        [first, second],
        'both have half',
        () => isShared(all, first, second) && first.held.size === 4,
      );
      expectEqual([...first.gone].sort(), heldBy(second), 'what the first gave up is what the second has');
      expectEqual(
        heldBy(second)
          .map((id) => id.replace(leader, '').replace(follower, ''))
          .sort(),
        [...second.held]
          .filter((id) => id.startsWith(leader))
          .flatMap((id) => Array(2).fill(id.replace(leader, '')))
          .sort(),
        'followers are with the partitions of their number',
      );
      expectEqual(holders.clashes, [], 'partitions held twice at a time');
    },
  ),

  check('a rebalance waits until moving partitions are committed and released', async (harness) => {
    const topic = await harness.topic(2);
    await send(harness, topic, 2, ['a', 'b']);
    const holders = new Holders();
    const group = harness.name('group');
    const first = await harness.member({
      group,
      topics: [topic],
      holders,
      revoked: async (member) => {
        await new Promise<void>((resolve) => systemClock.after(300, resolve));
        await member.commit();
      },
    });
    await harness.poll([first], 'the first has read all', () => first.records.length === 4);
    const second = await harness.member({ group, topics: [topic], holders });
    await harness.poll([first, second], 'both have one', () => isShared(ids(topic, 2), first, second));
    await send(harness, topic, 2, ['c']);
    const read = () => first.records.length + second.records.length;
    await harness.poll([first, second], 'what came after is read', () => read() >= 6);
    expectEqual(second.records.map(textOf), ['c'], 'what the second reads');
    expectEqual(holders.clashes, [], 'partitions held twice at a time');
  }),

  check('after a member leaves, others continue from its committed offsets', async (harness) => {
    const topic = await harness.topic(4);
    const options = { group: harness.name('group'), topics: [topic] };
    const [first, second] = [await harness.member(options), await harness.member(options)];
    await harness.poll([first, second], 'both have a share', () => isShared(ids(topic, 4), first, second));
    await send(harness, topic, 4, ['a']);
    const count = (value: string, ...members: readonly Member[]) =>
      members.flatMap(({ records }) => records.map(textOf)).filter((one) => one === value).length;
    await harness.poll([first, second], 'all is read', () => count('a', first, second) === 4);
    await first.commit();
    await second.commit();
    await second.leave();
    await send(harness, topic, 4, ['b']);
    await harness.poll(
      [first],
      'the first member has all partitions and continues',
      () => first.held.size === 4 && count('b', first) === 4,
    );
    expectEqual(count('a', first, second), 4, 'nothing is read twice');
  }),

  check('a member that lost a partition to another cannot commit for it', async (harness) => {
    const topic = await harness.topic(2);
    const options = { group: harness.name('group'), topics: [topic] };
    const first = await harness.member(options);
    await harness.poll([first], 'the first has all', () => first.held.size === 2);
    const second = await harness.member(options);
    await harness.poll([first, second], 'both have one', () => isShared(ids(topic, 2), first, second));
    const [moved] = second.positions();
    if (moved === undefined) throw new Error('the second member has no partition');
    await second.consumer.commit([{ ...moved, offset: 5 }]);
    await expectRejection(
      first.consumer.commit([{ ...moved, offset: 1 }]),
      FencedError,
      'a commit by the former owner',
    );
    expectEqual((await second.consumer.committed([moved]))[0]?.offset, 5, 'what is committed');
  }),

  check('two groups are independent', async (harness) => {
    const topic = await harness.topic(2);
    await send(harness, topic, 2, ['a']);
    const members = [
      await harness.member({ group: harness.name('group'), topics: [topic] }),
      await harness.member({ group: harness.name('group'), topics: [topic] }),
    ];
    await harness.poll(members, 'both read all', () => members.every(({ records }) => records.length === 2));
    expectEqual(
      members.map((one) => heldBy(one)),
      [ids(topic, 2), ids(topic, 2)],
      'partitions',
    );
  }),

  check('members of a group with different subscriptions get partitions of their topics', async (harness) => {
    const [one, two] = [await harness.topic(2), await harness.topic(2)];
    const group = harness.name('group');
    const members = [await harness.member({ group, topics: [one] }), await harness.member({ group, topics: [two] })];
    await harness.poll(members, 'each has its topic', () => members.every(({ held }) => held.size === 2));
    expectEqual(
      members.map((member) => heldBy(member)),
      [ids(one, 2), ids(two, 2)],
      'partitions',
    );
  }),

  check(
    'a member that restarts with its instance id gets its partitions back, without a rebalance of others',
    async (harness) => {
      const topic = await harness.topic(4);
      const options = { group: harness.name('group'), topics: [topic] };
      const [one, two] = [harness.name('one'), harness.name('two')];
      const stays = await harness.member({ ...options, instanceId: one });
      const goes = await harness.member({ ...options, instanceId: two });
      await harness.poll(
        [stays, goes],
        'both have half',
        () => isShared(ids(topic, 4), stays, goes) && goes.held.size === 2,
      );
      const had = heldBy(goes);
      const before = stays.gone.length;
      await goes.leave();
      const back = await harness.member({ ...options, instanceId: two });
      await harness.poll([stays, back], 'it has as many again', () => back.held.size === 2);
      expectEqual(heldBy(back), had, 'what it has');
      expectEqual(stays.gone.length, before, 'how many partitions the other gave up meanwhile');
    },
  ),

  check(
    'a deleted group has no committed offsets; one with members, or an unknown one, stays as it is',
    async (harness) => {
      const topic = await harness.topic(2);
      const [group, other] = [harness.name('group'), harness.name('group')];
      const admin = await harness.admin();
      await admin.deleteGroup(harness.name('unknown'));
      const writer = await harness.consumer({ group: other });
      writer.assign([{ topic, partition: 0, offset: 0 }]);
      await writer.commit([{ topic, partition: 0, offset: 3 }]);
      const member = await harness.member({ group, topics: [topic] });
      await harness.poll([member], 'the member has all', () => member.held.size === 2);
      await member.consumer.commit(partitionsOf(topic, 2).map((one) => ({ ...one, offset: 7 })));
      await expectRejection(admin.deleteGroup(group), TransportError, 'deleting a group with a member');
      const offsetsOf = async (name: string) => {
        const reader = await harness.consumer({ group: name });
        return (await reader.committed(partitionsOf(topic, 2))).map((one) => one?.offset);
      };
      expectEqual(await offsetsOf(group), [7, 7], 'the offsets of the group with a member');
      await member.leave();
      await admin.deleteGroup(group);
      expectEqual(await offsetsOf(group), [undefined, undefined], 'the offsets of the deleted group');
      expectEqual(await offsetsOf(other), [3, undefined], 'the offsets of another group');
      await admin.deleteGroup(group);
      const next = await harness.consumer({ group });
      next.assign([{ topic, partition: 1, offset: 0 }]);
      await next.commit([{ topic, partition: 1, offset: 5 }]);
      expectEqual(await offsetsOf(group), [undefined, 5], 'the offsets that are committed for it again');
    },
  ),
];
