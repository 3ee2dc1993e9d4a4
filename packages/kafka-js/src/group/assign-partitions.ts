import { partitionId, type TopicPartition } from '@kstreams/core/graph';
import type { MemberSubscription } from './subscription-bytes.js';

/** A member during an assignment. */
interface Share {
  readonly id: string;
  readonly topics: ReadonlySet<string>;
  readonly partitions: Map<string, TopicPartition>;
}

/**
 * Returns the partitions of each member, by the protocol `cooperative-sticky`: members keep what they have, in even shares of
 * the topics to which they subscribe. A partition that moves is left out until its owner has released it; the owner joins
 * again then.
 */
export const assignPartitions = (
  members: ReadonlyMap<string, MemberSubscription>,
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, readonly TopicPartition[]> => {
  const shares = [...members]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([id, { topics }]): Share => ({ id, topics: new Set(topics), partitions: new Map() }));
  const owners = ownersOf(members, partitionCounts);
  const byId = new Map(shares.map((share) => [share.id, share]));
  for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const readers = shares.filter(({ topics }) => topics.has(topic));
    if (readers.length === 0) continue;
    for (let partition = 0; partition < count; partition++) {
      const one = { topic, partition };
      const owner = byId.get(owners.get(partitionId(one)) ?? '');
      if (owner !== undefined) owner.partitions.set(partitionId(one), one);
    }
  }
  for (const [topic, count] of [...partitionCounts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const readers = shares.filter(({ topics }) => topics.has(topic));
    for (let partition = 0; partition < count && readers.length > 0; partition++) {
      const one = { topic, partition };
      if (!owners.has(partitionId(one))) smallest(readers).partitions.set(partitionId(one), one);
    }
  }
  while (moveOne(shares)) {}
  return new Map(
    shares.map(({ id, partitions }) => [
      id,
      [...partitions.values()].filter((one) => (owners.get(partitionId(one)) ?? id) === id),
    ]),
  );
};

/** Returns the owners of partitions. Of two that claim one, the member of the later generation has it. */
const ownersOf = (
  members: ReadonlyMap<string, MemberSubscription>,
  partitionCounts: ReadonlyMap<string, number>,
): ReadonlyMap<string, string> => {
  const claims = new Map<string, { readonly id: string | undefined; readonly generation: number }>();
  for (const [id, { generation, owned, topics }] of members) {
    for (const one of owned) {
      if (!topics.includes(one.topic) || one.partition >= (partitionCounts.get(one.topic) ?? 0)) continue;
      const known = claims.get(partitionId(one));
      if (known === undefined || known.generation < generation) claims.set(partitionId(one), { id, generation });
      else if (known.generation === generation) claims.set(partitionId(one), { id: undefined, generation });
    }
  }
  return new Map([...claims].flatMap(([partition, { id }]) => (id === undefined ? [] : [[partition, id]])));
};

const smallest = (shares: readonly Share[]): Share =>
  shares.reduce((least, share) => (share.partitions.size < least.partitions.size ? share : least));

/** Moves a partition from a larger to a smaller share; false when the shares are even. */
const moveOne = (shares: readonly Share[]): boolean => {
  const bySize = [...shares].sort((a, b) => b.partitions.size - a.partitions.size);
  for (const from of bySize) {
    for (const to of [...bySize].reverse()) {
      if (from.partitions.size - to.partitions.size < 2) break;
      const moving = [...from.partitions].reverse().find(([, { topic }]) => to.topics.has(topic));
      if (moving === undefined) continue;
      from.partitions.delete(moving[0]);
      to.partitions.set(moving[0], moving[1]);
      return true;
    }
  }
  return false;
};
