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
import type { Resumed } from './task-opener.js';
import type { SubscriptionPlan } from './topics/subscription-plan.js';

/** Where a partition goes on, and what was committed of it, if anything. */
export interface Resumption extends Position {
  readonly resumed: Resumed | undefined;
}

/** What resuming looks at. */
export interface ResumeOptions {
  readonly application: string;
  readonly subscriptions: SubscriptionPlan;
  readonly consumer: Consumer;
  readonly clock: Clock;
  /** Where partitions began of which nothing is committed yet, by topic and number: they begin there again. */
  readonly beginnings: Map<string, number>;
}

/** Where partitions go on: at what the group has committed of them, else where their sources say. */
export const resume = async (
  partitions: readonly TopicPartition[],
  options: ResumeOptions,
): Promise<readonly Resumption[]> => {
  const committed = await options.consumer.committed(partitions);
  return Promise.all(
    partitions.map(async ({ topic, partition }, i) => {
      const found = committed[i];
      if (found === undefined) {
        return { topic, partition, offset: await startOffset({ topic, partition }, options), resumed: undefined };
      }
      const { offset, metadata } = found;
      return { topic, partition, offset, resumed: { offset, ...decodeProgress(metadata, offset) } };
    }),
  );
};

/** Where a partition begins of which nothing is committed. */
const startOffset = async (
  one: TopicPartition,
  { application, beginnings, clock, consumer, subscriptions }: ResumeOptions,
): Promise<number> => {
  const known = beginnings.get(partitionId(one));
  if (known !== undefined) return known;
  const subtopology = subscriptions.assignment.subtopologyOf(one.topic);
  if (subtopology === undefined) throw new TransportError('a partition was assigned that nothing reads', one);
  const source = subtopology.sources.find((candidate) => sourceTopics(application, candidate).includes(one.topic));
  const from = source?.from ?? 'earliest';
  const [offset = 0] = await consumer.offsets(
    [one],
    typeof from === 'string' ? from : { timestamp: clock.now() - from.ago },
  );
  beginnings.set(partitionId(one), offset);
  return offset;
};
