import { type Plan, sourceTopics, TopologyError } from '@kstreams/core/graph';

/** How many partitions a topic has; `undefined` for one that does not exist. */
export type PartitionCounts = (topic: string) => number | undefined;

/** Refuses topics that meet and do not have equally many partitions, and one with more than there are tasks to read it. */
export const checkPartitions = (plan: Plan, partitions: PartitionCounts): void => {
  for (const group of plan.copartitionGroups) {
    if (new Set(group.map(partitions)).size === 1) continue;
    const counts = group.map((topic) => `"${topic}" has ${partitions(topic)}`).join(', ');
    throw new TopologyError(`topics that are joined need equally many partitions: ${counts}`);
  }
  for (const { sources, tasksTopic } of plan.subtopologies) {
    const tasks = tasksTopic === undefined ? undefined : partitions(tasksTopic);
    if (tasks === undefined) continue;
    for (const topic of sources.flatMap((source) => sourceTopics(plan.name, source))) {
      const count = partitions(topic) ?? 0;
      if (count <= tasks) continue;
      throw new TopologyError(
        `topic "${topic}" has ${count} partitions, and there are ${tasks} tasks: delete "${tasksTopic}", with the application stopped, to have as many`,
      );
    }
  }
};
