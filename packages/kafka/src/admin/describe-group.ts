import { requestTimeout } from '@kstreams/kafka-common';
import type { NativeGroup, NativeGroupListing } from '../client/addon.js';
import type { AdminClient } from './admin-client.js';

const timeout = { timeout: requestTimeout };
/** The states of groups without members: dead and empty. */
const withoutMembers: ReadonlySet<number> = new Set([4, 5]);
/** The state of a group whose members have the partitions that they are to have. */
const stable = 3;

/** Returns the description of a group; `undefined` without members. */
export const describeGroup = async (
  client: Pick<AdminClient, 'request'>,
  group: string,
): Promise<NativeGroup | undefined> => {
  const failure = `the members of group "${group}" cannot be listed`;
  // The addon crashes when it describes a group that does not exist or that has no coordinator: such groups are not listed.
  const listed = await client.request<{ readonly groups: readonly NativeGroupListing[] }>(failure, (admin, done) =>
    admin.listGroups(timeout, done),
  );
  if (!listed.groups.some(({ groupId, state }) => groupId === group && !withoutMembers.has(state))) return undefined;
  const { groups } = await client.request<{ readonly groups: readonly NativeGroup[] }>(failure, (admin, done) =>
    admin.describeGroups([group], timeout, done),
  );
  return groups[0];
};

/**
 * True when a group is stable, and a member with this client id has no partitions. It may be another member of that id: the one
 * that requests gets its partitions after the next rebalance then.
 */
export const hasIdleMember = async (
  client: Pick<AdminClient, 'request'>,
  group: string,
  clientId: string,
): Promise<boolean> => {
  const found = await describeGroup(client, group);
  if (found?.state !== stable) return false;
  return found.members.some(
    ({ assignment, clientId: one }) => one === clientId && assignment.topicPartitions.length === 0,
  );
};
