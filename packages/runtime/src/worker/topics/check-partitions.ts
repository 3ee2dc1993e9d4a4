import { type Plan, sourceTopics, TopologyError } from '@kstreams/core/graph';

/** Returns the number of partitions of a topic; `undefined` when it does not exist. */
export type PartitionCounts = (topic: string) => number | undefined;

/** Throws when co-partitioned topics differ in partitions, or when a matched topic has more partitions than tasks. */
export const checkPartitions = (plan: Plan, partitions: PartitionCounts): void => {
  for (const group of plan.copartitionGroups) {
    if (new Set(group.map(partitions)).size === 1) continue;
    const counts = group.map((topic) => `"${topic}" has ${partitions(topic)}`).join(', ');
    throw new TopologyError(`joined topics need equal partition counts: ${counts}; repartition one of them`);
  }
  for (const { sources, tasksTopic } of plan.subtopologies) {
    const tasks = tasksTopic === undefined ? undefined : partitions(tasksTopic);
    if (tasks === undefined) continue;
    for (const topic of sources.flatMap((source) => sourceTopics(plan.name, source))) {
      const count = partitions(topic) ?? 0;
      if (count <= tasks) continue;
      throw new TopologyError(
        `topic "${topic}" has ${count} partitions but there are ${tasks} tasks: stop the application and delete "${tasksTopic}", it is created again with ${count}`,
      );
    }
  }
};
