import { type AnyProcess, type NodeId, type SourceNode, type Subtopology, sourceTopics } from '@kstreams/core/graph';
import { PartitionQueue } from './queue.js';
import { decodeOf } from './source.js';

/** What is behind the queues of a task: the doors of its sources, and the wall clock for the timestamps they read. */
export interface Behind {
  readonly doors: ReadonlyMap<NodeId, AnyProcess>;
  readonly now: () => number;
}

/** A queue in front of the door of its source. */
export const openQueue = (
  source: SourceNode,
  topic: string,
  partition: number,
  { doors, now }: Behind,
): PartitionQueue =>
  new PartitionQueue(topic, partition, source.id, doors.get(source.id) as AnyProcess, decodeOf(source, now));

/** The queues of a task, by topic. */
export const openQueues = (
  application: string,
  { sources }: Subtopology,
  partition: number,
  behind: Behind,
): Map<string, PartitionQueue> =>
  new Map(
    sources.flatMap((source) =>
      sourceTopics(application, source).map((topic) => [topic, openQueue(source, topic, partition, behind)] as const),
    ),
  );

/** The queue whose head is the oldest; `undefined` when all are empty. */
export const oldestOf = (queues: ReadonlyMap<string, PartitionQueue>): PartitionQueue | undefined => {
  let oldest: PartitionQueue | undefined;
  for (const queue of queues.values()) {
    if (queue.length === 0) continue;
    if (oldest === undefined || queue.headTimestamp < oldest.headTimestamp) oldest = queue;
  }
  return oldest;
};

/** How many records wait in queues. */
export const lengthOf = (queues: ReadonlyMap<string, PartitionQueue>): number => {
  let length = 0;
  for (const queue of queues.values()) length += queue.length;
  return length;
};
