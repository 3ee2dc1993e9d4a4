/** The committed offsets of a group. */
import { type CommittedOffset, checkOffsetMetadata, partitionId, type TopicPartition } from '@kstreams/core/graph';
import { request } from '@kstreams/kafka-common';
import { offsetCommitV8, offsetCommitV9, offsetFetchV8, offsetFetchV9 } from '@platformatic/kafka';
import type { Cluster } from '../client/cluster.js';
import { type RequestError, requestErrorOf, throwIf } from '../client/failures.js';
import { byTopic } from '../group/by-topic.js';
import type { MemberIdentity } from '../group/membership.js';

/** The numbers of the requests in the protocol. */
const [offsetCommit, offsetFetch] = [8, 9];
/** The first version of both that takes members of KIP-848. */
const withEpochs = 9;

/**
 * The end of committed metadata. The addon of `@kstreams/kafka` writes it, and leaves out the last character that it reads: a
 * group may have members of both.
 */
const finalMark = '\0';

/** The offsets of a request, by topic. */
export type OffsetTopics = {
  name: string;
  partitions: {
    partitionIndex: number;
    committedOffset: bigint;
    committedLeaderEpoch: number;
    committedMetadata: string;
  }[];
}[];

/**
 * Returns the offsets of a request.
 *
 * @throws ConfigError for metadata that another transport would truncate.
 */
export const offsetTopicsOf = (offsets: readonly CommittedOffset[]): OffsetTopics => {
  const found = new Map(offsets.map((one) => [partitionId(one), one]));
  return [...byTopic(offsets)].map(([topic, partitions]) => ({
    name: topic,
    partitions: partitions.map((partition) => {
      const one = found.get(partitionId({ topic, partition })) as CommittedOffset;
      checkOffsetMetadata(one);
      return {
        partitionIndex: partition,
        committedOffset: BigInt(one.offset),
        committedLeaderEpoch: -1,
        committedMetadata: one.metadata ? `${one.metadata}${finalMark}` : '',
      };
    }),
  }));
};

/** Returns the first error code of a response about offsets; 0 without one. */
export const offsetErrorOf = ({
  topics,
}: {
  readonly topics: readonly { readonly partitions: readonly { readonly errorCode: number }[] }[];
}): number => topics.flatMap(({ partitions }) => partitions).find(({ errorCode }) => errorCode !== 0)?.errorCode ?? 0;

/** Commits offsets once; resolves with the error when the group refuses one. */
export const commitOnce = async (
  cluster: Cluster,
  group: string,
  { generation, id, instanceId }: MemberIdentity,
  topics: OffsetTopics,
): Promise<RequestError | undefined> => {
  const { api } = cluster.version(offsetCommit) >= withEpochs ? offsetCommitV9 : offsetCommitV8;
  try {
    const response = await cluster.coordinate(
      'group',
      group,
      { codeOf: offsetErrorOf },
      api,
      group,
      generation,
      id,
      generation < 0 ? null : instanceId,
      topics,
    );
    throwIf(offsetErrorOf(response));
    return undefined;
  } catch (thrown) {
    return requestErrorOf(thrown);
  }
};

/** Returns the committed offset per partition, in order. Waits for open transactions that hide one. */
export const fetchOffsets = async (
  cluster: Cluster,
  group: string,
  partitions: readonly TopicPartition[],
): Promise<readonly (CommittedOffset | undefined)[]> => {
  const topics = [...byTopic(partitions)].map(([name, numbers]) => ({ name, partitionIndexes: [...numbers] }));
  const { api } = cluster.version(offsetFetch) >= withEpochs ? offsetFetchV9 : offsetFetchV8;
  const send = async () => {
    const response = await cluster.coordinate(
      'group',
      group,
      { codeOf: ({ groups }) => groups[0]?.errorCode ?? 0 },
      api,
      [{ groupId: group, memberId: null, memberEpoch: -1, topics }],
      true,
    );
    const [found] = response.groups;
    throwIf(found?.errorCode ?? 0);
    throwIf(offsetErrorOf({ topics: found?.topics ?? [] }));
    return found?.topics ?? [];
  };
  const right = `Read on group "${group}"`;
  const found = new Map<string, CommittedOffset>();
  for (const { name: topic, partitions: all } of await request(
    cluster.clock,
    'committed offsets cannot be read',
    send,
    right,
  )) {
    for (const { committedOffset, metadata, partitionIndex: partition } of all) {
      if (committedOffset < 0n) continue;
      const one = { topic, partition, offset: Number(committedOffset) };
      const text = metadata?.endsWith(finalMark) ? metadata.slice(0, -finalMark.length) : metadata;
      found.set(partitionId(one), text ? { ...one, metadata: text } : one);
    }
  }
  return partitions.map((one) => found.get(partitionId(one)));
};
