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
import { shortHash } from '../async/short-hash.js';
import type { CommittedProgress } from './task-opener.js';
import type { SubscriptionPlan } from './topics/subscription-plan.js';

/** The position to read a partition from, with its committed progress, if it has one. */
export interface ResumePosition extends Position {
  readonly progress: CommittedProgress | undefined;
  /** True when the position has to be committed, since it follows neither from a commit nor from the partition itself. */
  readonly begins: boolean;
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
    partitions.map(async ({ topic, partition }, i): Promise<ResumePosition> => {
      const found = committed[i];
      const progress = found && { ...decodeProgress(found.metadata, found.offset), offset: found.offset };
      if (progress !== undefined && isOfTopic(progress, topic, options)) {
        return { topic, partition, offset: progress.offset, progress, begins: false };
      }
      const start = await startOf({ topic, partition }, progress !== undefined, options);
      return { topic, partition, progress: undefined, ...start };
    }),
  );
};

/** True when an offset was committed for the topic as it is, or when either id is unknown. */
const isOfTopic = (
  { lineage }: CommittedProgress,
  topic: string,
  { subscriptions }: Pick<ResumeOptions, 'subscriptions'>,
): boolean => {
  const id = subscriptions.topics.get(topic)?.id;
  return id === undefined || lineage.topicId === undefined || lineage.topicId === shortHash(id);
};

/** Resolves to the start of a partition without a commit, or with one of an earlier topic of its name. */
const startOf = async (
  one: TopicPartition,
  recreated: boolean,
  options: ResumeOptions,
): Promise<Pick<ResumePosition, 'offset' | 'begins'>> => {
  const { application, beginnings, clock, consumer, subscriptions } = options;
  const subtopology = subscriptions.assignment.subtopologyOf(one.topic);
  if (subtopology === undefined)
    throw new TransportError(
      'a partition was assigned that no source reads: check that all processes run the same topology',
      one,
    );
  const source = subtopology.sources.find((candidate) => sourceTopics(application, candidate).includes(one.topic));
  const { from = 'earliest' } = source ?? {};
  const begins = from !== 'earliest';
  const known = beginnings.get(partitionId(one));
  if (known !== undefined) return { offset: known, begins };
  const whole = !begins || recreated || (await isAdded(one, options));
  const query = whole ? 'earliest' : typeof from === 'string' ? from : { timestamp: clock.now() - from.ago };
  const [offset = 0] = await consumer.offsets([one], query);
  beginnings.set(partitionId(one), offset);
  return { offset, begins };
};

/** True for a partition that was added after this process, or the group, began to read its topic. */
const isAdded = async (
  { topic, partition }: TopicPartition,
  { consumer, subscriptions }: ResumeOptions,
): Promise<boolean> => {
  if (partition >= subscriptions.firstPartitions(topic)) return true;
  const count = subscriptions.topics.get(topic)?.partitions ?? 0;
  const others = Array.from({ length: count }, (_, other) => ({ topic, partition: other }));
  const counts = (await consumer.committed(others)).flatMap((one) =>
    one === undefined ? [] : (decodeProgress(one.metadata, one.offset).lineage.partitions ?? []),
  );
  return partition >= Math.min(Number.POSITIVE_INFINITY, ...counts);
};
