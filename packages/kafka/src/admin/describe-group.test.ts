import { expect, test } from '@jest/globals';
import type { AdminClient } from './admin-client.js';
import { hasIdleMember } from './describe-group.js';

const held = { topicPartitions: [{ topic: 't', partition: 0 }] };
const none = { topicPartitions: [] };

/** Returns an admin client of a cluster with the group `g`. */
const clusterWith = (state: number, members: readonly object[]) => {
  const native = {
    listGroups: (_: object, done: (failure: null, result: unknown) => void) =>
      done(null, { groups: [{ groupId: 'g', state }] }),
    describeGroups: (_: unknown, __: object, done: (failure: null, result: unknown) => void) =>
      done(null, { groups: [{ state, members }] }),
  };
  const request = (_: string, call: (admin: unknown, done: (failure: null, result: unknown) => void) => void) =>
    new Promise((resolve) => call(native, (__, result) => resolve(result)));
  return { request } as unknown as AdminClient;
};

test('a member is idle in a stable group that has no partitions for its client', async () => {
  const members = [
    { clientId: 'a', assignment: held },
    { clientId: 'b', assignment: none },
  ];
  const isIdle = (state: number, clientId: string, group = 'g'): Promise<boolean> =>
    hasIdleMember(clusterWith(state, members), group, clientId);
  expect(await isIdle(3, 'b')).toBe(true);
  expect(await isIdle(3, 'a')).toBe(false);
  expect(await isIdle(3, 'c')).toBe(false);
  expect(await isIdle(3, 'b', 'other')).toBe(false);
  for (const unstable of [0, 1, 2, 4, 5]) expect(await isIdle(unstable, 'b')).toBe(false);
});
