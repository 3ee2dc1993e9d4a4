import { sourceTopics } from '@kstreams/core/graph';
import { type ResumeOptions, resumePositions } from '../resume-positions.js';
import type { TaskSet } from '../task-set.js';

/**
 * Adds the topics that newly match a pattern to the running tasks of a worker. Needs no rebalance: the partitions are
 * assigned directly and start from their committed offsets.
 */
export const addMatchedTopics = async (tasks: TaskSet, options: ResumeOptions): Promise<void> => {
  const { application, consumer, subscriptions } = options;
  const { assignment } = subscriptions;
  const joining = tasks.running.flatMap((task) => {
    if (task.subtopology.tasksTopic === undefined) return [];
    const partitions = assignment.partitionsOf(task);
    return partitions.flatMap((one) => (consumer.position(one) === undefined ? [{ task, one }] : []));
  });
  if (joining.length === 0) return;
  const positions = await resumePositions(
    joining.map(({ one }) => one),
    options,
  );
  for (const [i, { task }] of joining.entries()) {
    const { topic, progress } = positions[i] as (typeof positions)[number];
    const sources = assignment.subtopologyOf(topic)?.sources ?? [];
    const source = sources.find((candidate) => sourceTopics(application, candidate).includes(topic));
    if (source !== undefined) tasks.addTopic(task, source.id, topic, progress);
  }
  consumer.assign(positions.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
};
