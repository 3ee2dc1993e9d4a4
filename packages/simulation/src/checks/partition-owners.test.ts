import { expect, test } from '@jest/globals';
import type { Client } from './invariant-checker.js';
import { PartitionOwners } from './partition-owners.js';

const member = (name: string, faulted = false): Client => ({ process: { name, alive: true, faulted }, client: 'c' });
const partition = { topic: 't', partition: 0 };

const owners = () => {
  const violations: string[] = [];
  return { violations, owners: new PartitionOwners((what) => violations.push(what)) };
};

test('a partition of a live member that no fault has hit goes to no other member', () => {
  const { owners: checked, violations } = owners();
  checked.assigning(member('a')).taken(partition);
  checked.assigning(member('b')).taken(partition);
  expect(violations).toEqual(['b was assigned t/0 while a owned it']);
});

test('a member that the group expelled while it fetched its position owns nothing', () => {
  const { owners: checked, violations } = owners();
  const stalled = checked.assigning(member('a', true));
  expect(checked.assigning(member('b', true)).taken(partition)).toBe(true);
  expect(stalled.taken(partition)).toBe(false);
  expect([...checked.ownedBy('a')]).toEqual([]);
  expect([...checked.ownedBy('b')]).toEqual(['t/0']);
  expect(violations).toEqual([]);
});

test('a member that no fault has hit is not expelled while it fetches its position', () => {
  const { owners: checked, violations } = owners();
  const fetching = checked.assigning(member('a'));
  checked.assigning(member('b')).taken(partition);
  fetching.taken(partition);
  expect(violations).toEqual(['b was assigned t/0 while a owned it']);
});

test('a partition that its member gave up has no owner', () => {
  const { owners: checked, violations } = owners();
  const first = member('a');
  checked.assigning(first).taken(partition);
  checked.released(first, [partition]);
  checked.assigning(member('b')).taken(partition);
  expect(violations).toEqual([]);
});
