import {
  type Clock,
  type Consumer,
  type Position,
  partitionId,
  sourceTopics,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import { decodeProgress } from '../async/offset-metadata.js';
import type { CommittedProgress } from './task-opener.js';
import type { SubscriptionPlan } from './topics/subscription-plan.js';

/** The position to read a partition from, with its committed progress, if it has one. */
export interface ResumePosition extends Position {
  readonly progress: CommittedProgress | undefined;
}

/** Options for resuming partitions. */
export interface ResumeOptions {
  readonly application: string;
  readonly subscriptions: SubscriptionPlan;
  readonly consumer: Consumer;
  readonly clock: Clock;
  /** The start offsets of partitions without a commit, by partition id: they start there again after a rollback. */
  readonly beginnings: Map<string, number>;
}

/** Resolves to the committed positions of partitions, or to the start of their sources where nothing is committed. */
export const resumePositions = async (
  partitions: readonly TopicPartition[],
  options: ResumeOptions,
): Promise<readonly ResumePosition[]> => {
  const committed = await options.consumer.committed(partitions);
  return Promise.all(
    partitions.map(async ({ topic, partition }, i) => {
      const found = committed[i];
      if (found === undefined) {
        return { topic, partition, offset: await startOffset({ topic, partition }, options), progress: undefined };
      }
      const { offset, metadata } = found;
      return { topic, partition, offset, progress: { offset, ...decodeProgress(metadata, offset) } };
    }),
  );
};

/** Resolves to the start offset of a partition without a commit. */
const startOffset = async (
  one: TopicPartition,
  { application, beginnings, clock, consumer, subscriptions }: ResumeOptions,
): Promise<number> => {
  const known = beginnings.get(partitionId(one));
  if (known !== undefined) return known;
  const subtopology = subscriptions.assignment.subtopologyOf(one.topic);
  if (subtopology === undefined)
    throw new TransportError(
      'a partition was assigned that no source reads: check that all processes run the same topology',
      one,
    );
  const source = subtopology.sources.find((candidate) => sourceTopics(application, candidate).includes(one.topic));
  const from = source?.from ?? 'earliest';
  const [offset = 0] = await consumer.offsets(
    [one],
    typeof from === 'string' ? from : { timestamp: clock.now() - from.ago },
  );
  beginnings.set(partitionId(one), offset);
  return offset;
};
