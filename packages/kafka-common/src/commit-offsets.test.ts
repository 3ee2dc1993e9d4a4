import { expect, test } from '@jest/globals';
import { type CommittedOffset, FencedError, type TopicPartition } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import * as fc from 'fast-check';
import { commitOffsets } from './commit-offsets.js';
import { codes } from './errors.js';
import { RebalanceQueue } from './rebalance-queue.js';

const place = { topic: 't', partition: 0 };
const other = { topic: 't', partition: 1 };
const unknownMember = 25;
const retried = [codes.oldGeneration, codes.rebalancing, 14, 16, -185, -195];

/** A member with partition 0, whose group responds to commits with these codes, then takes them. */
const member = async (
  outcomes: readonly number[],
  react: (queue: RebalanceQueue) => void | Promise<void> = () => {},
) => {
  const clock = new TestClock();
  const assigned = new Map<number, TopicPartition>();
  const queue = new RebalanceQueue(
    {
      find: ({ partition }) => assigned.get(partition),
      add: (positions) => {
        for (const one of positions) assigned.set(one.partition, one);
      },
      remove: (partitions) => {
        for (const { partition } of partitions) assigned.delete(partition);
      },
      removeAll: () => assigned.clear(),
    },
    () => {},
  );
  queue.subscribe({
    topics: ['t'],
    listener: {
      assigned: async (all) => all.map((one) => ({ ...one, offset: 0 })),
      revoked: async (all) => all,
      lost: async (all) => all,
    },
  });
  queue.enqueue('assigned', [place]);
  await queue.run();
  let sent = 0;
  const send = async () => {
    const code = outcomes[sent++];
    await react(queue);
    return code === undefined ? undefined : { code, message: `outcome ${code}` };
  };
  const commit = async (offsets: readonly CommittedOffset[]): Promise<void> => {
    let settled = false;
    const done = commitOffsets({ clock, group: 'g', rebalances: queue, offsets, send }).finally(() => (settled = true));
    done.catch(() => {});
    while (!settled) {
      await new Promise((resolve) => setImmediate(resolve));
      clock.advance(20);
    }
    await done;
  };
  return { commit, queue, sent: () => sent };
};

test('a commit is retried after each refusal that passes, and after no other one', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom(...retried), { maxLength: 5 }), fc.boolean(), async (codes, ends) => {
      const { commit, sent } = await member(ends ? [...codes, unknownMember] : codes);
      const done = commit([{ ...place, offset: 7 }]);
      if (ends) await expect(done).rejects.toThrow(FencedError);
      else await done;
      expect(sent()).toBe(codes.length + 1);
    }),
  ));

test('retries of a commit end after a time limit', async () => {
  const { commit, sent } = await member(Array.from({ length: 10_000 }, () => codes.oldGeneration));
  await expect(commit([{ ...place, offset: 7 }])).rejects.toThrow('offsets cannot be committed: outcome 22');
  expect(sent()).toBeLessThan(600);
});

test('a partition that is lost between two attempts is not committed in the next generation', async () => {
  const announced = await member([codes.rebalancing], (queue) => queue.enqueue('lost', [place]));
  await expect(announced.commit([{ ...place, offset: 7 }])).rejects.toThrow('outcome 27');
  const released = await member([codes.rebalancing], (queue) => {
    queue.enqueue('lost', [place]);
    return queue.run();
  });
  await expect(released.commit([{ ...place, offset: 7 }])).rejects.toThrow(FencedError);
  expect([announced.sent(), released.sent()]).toEqual([1, 1]);
});

test('a partition of another member is refused before anything is sent, and no offsets need no request', async () => {
  const { commit, queue, sent } = await member([]);
  const both = [place, other].map((one) => ({ ...one, offset: 7 }));
  await expect(commit(both)).rejects.toThrow('a partition that is not assigned to this member');
  await commit([]);
  expect(sent()).toBe(0);
  queue.checkAssigned([place]);
  expect(() => queue.checkAssigned([other])).toThrow(FencedError);
});
