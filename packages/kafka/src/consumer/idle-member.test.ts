import { expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import { IdleMember } from './idle-member.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A member that polls; `answers` are those of the group. */
const openMember = (answers: readonly (boolean | Error)[]) => {
  const clock = new TestClock();
  const counts = { asked: 0, found: 0 };
  const member = new IdleMember({
    clock,
    isIdle: async () => {
      const answer = answers[counts.asked++] ?? false;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    found: () => void counts.found++,
  });
  /** Polls ten times within some seconds. */
  const poll = async (seconds: number): Promise<void> => {
    for (let i = 0; i < 10; i++) {
      clock.advance(seconds * 100);
      member.check();
      await turn();
    }
  };
  return { counts, member, poll };
};

test('looks once a second, also after a failure, until the group has no partitions for the member', async () => {
  const { counts, poll } = openMember([false, new Error('no broker'), true]);
  await poll(0.9);
  expect(counts).toEqual({ asked: 0, found: 0 });
  await poll(1);
  expect(counts).toEqual({ asked: 1, found: 0 });
  await poll(2);
  expect(counts).toEqual({ asked: 3, found: 1 });
  await poll(9);
  expect(counts).toEqual({ asked: 3, found: 1 });
});

test('looks no more after the first rebalance', async () => {
  const { counts, member, poll } = openMember([]);
  member.end();
  await poll(9);
  expect(counts).toEqual({ asked: 0, found: 0 });
});

test('finds nothing when the first rebalance overtakes a request', async () => {
  const { counts, member, poll } = openMember([true]);
  const polled = poll(10);
  expect(counts.asked).toBe(1);
  member.end();
  await polled;
  expect(counts).toEqual({ asked: 1, found: 0 });
});
