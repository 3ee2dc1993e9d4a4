/** Requests for offsets of partitions. */
import { type Isolation, type OffsetQuery, partitionId, type TopicPartition } from '@kstreams/core/graph';
import { errorOf, isRetriable, request } from '@kstreams/kafka-common';
import { listOffsetsV7 } from '@platformatic/kafka';
import { byTopic } from '../group/by-topic.js';
import { call } from './call.js';
import type { Cluster } from './cluster.js';
import { failureCodes, RequestError } from './failures.js';

/** The timestamps of requests for the first and the next offset. */
const [earliest, latest] = [-2n, -1n];

/** Returns the offsets of a query, one per partition, in order. */
export const lookUpOffsets = async (
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: OffsetQuery,
  isolation: Isolation | undefined,
): Promise<readonly number[]> => {
  if (partitions.length === 0) return [];
  const committed = at !== 'latest-written' && isolation !== 'latest';
  const list = (timestamp: bigint): Promise<readonly number[]> =>
    listOffsets(cluster, partitions, timestamp, committed);
  if (at === 'earliest') return list(earliest);
  if (typeof at === 'string') return list(latest);
  const found = await list(BigInt(Math.max(0, Math.floor(at.timestamp))));
  if (found.every((offset) => offset >= 0)) return found;
  const ends = await list(latest);
  return found.map((offset, i) => (offset >= 0 ? offset : (ends[i] as number)));
};

const listOffsets = (
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  timestamp: bigint,
  committed: boolean,
): Promise<readonly number[]> =>
  request(cluster.clock, 'offsets cannot be listed', async () => {
    const byLeader = await partitionsByLeader(cluster, partitions);
    const responses = await Promise.all(
      [...byLeader].map(async ([node, led]) => {
        const topics = [...byTopic(led)].map(([name, numbers]) => ({
          name,
          partitions: numbers.map((partitionIndex) => ({ partitionIndex, currentLeaderEpoch: -1, timestamp })),
        }));
        return call(await cluster.node(node), listOffsetsV7.api, -1, committed ? 1 : 0, topics);
      }),
    );
    const found = new Map<string, number>();
    for (const { name: topic, partitions: listed } of responses.flatMap(({ topics }) => topics)) {
      for (const { errorCode, offset, partitionIndex: partition } of listed) {
        if (errorCode !== 0) throw await refused(cluster, errorCode, { topic, partition });
        found.set(partitionId({ topic, partition }), Number(offset));
      }
    }
    return partitions.map((one) => found.get(partitionId(one)) ?? -1);
  });

/** Returns partitions by the node of their leader. */
export const partitionsByLeader = async <P extends TopicPartition>(
  cluster: Cluster,
  partitions: readonly P[],
): Promise<ReadonlyMap<number, readonly P[]>> => {
  if (partitions.some((one) => cluster.leader(one) === undefined)) {
    await cluster.refresh([...byTopic(partitions).keys()]);
  }
  const byLeader = new Map<number, P[]>();
  for (const one of partitions) {
    const leader = cluster.leader(one);
    // Brokers describe a new partition some time after they have created it.
    if (leader === undefined) throw await refused(cluster, failureCodes.unknownTopic, one);
    const known = byLeader.get(leader.node);
    if (known === undefined) byLeader.set(leader.node, [one]);
    else known.push(one);
  }
  return byLeader;
};

/** Returns the error of a partition; before a retry its leader is looked for again. */
const refused = async (cluster: Cluster, code: number, { partition, topic }: TopicPartition): Promise<Error> => {
  const failure = new RequestError(code);
  if (isRetriable(failure)) await cluster.refresh([topic]);
  const right = `Describe on topic "${topic}"`;
  return errorOf('an offset cannot be listed', failure, { topic, partition }, undefined, right);
};
