import {
  type Plan,
  type Subtopology,
  sourceTopics,
  type TopicDescription,
  type TopicPartition,
} from '@kstreams/core/graph';

/** The division of sub-topologies among group members: by the partitions of a leader topic, which the others follow. */
export interface Assignment {
  /** The topics that the group divides. */
  readonly leaders: readonly string[];
  /** Returns the partitions that go with a partition of a leader. */
  followers(leader: TopicPartition): readonly TopicPartition[];
  /** Returns the sub-topology that reads a topic. */
  subtopologyOf(topic: string): Subtopology | undefined;
}

/**
 * Returns the assignment of a plan. The leader of a sub-topology is its widest source topic, ties broken by name, or its
 * tasks topic where it reads a pattern. Partition p of the other sources goes with partition p of the leader.
 */
export const assignmentOf = (plan: Plan, topics: ReadonlyMap<string, TopicDescription>): Assignment => {
  const partitions = (topic: string): number => topics.get(topic)?.partitions ?? 0;
  const owners = new Map<string, Subtopology>();
  const sources = new Map<Subtopology, readonly string[]>();
  for (const subtopology of plan.subtopologies) {
    const names = subtopology.sources.flatMap((source) => sourceTopics(plan.name, source));
    names.sort((a, b) => partitions(b) - partitions(a) || (a < b ? -1 : 1));
    if (subtopology.tasksTopic !== undefined) names.unshift(subtopology.tasksTopic);
    sources.set(subtopology, names);
    for (const name of names) owners.set(name, subtopology);
  }
  return {
    leaders: [...sources.values()].flatMap(([leader]) => leader ?? []),
    followers: ({ topic, partition }) => {
      const [, ...others] = sources.get(owners.get(topic) as Subtopology) ?? [];
      return others.filter((other) => partition < partitions(other)).map((other) => ({ topic: other, partition }));
    },
    subtopologyOf: (topic) => owners.get(topic),
  };
};

/** Returns the number of tasks of a sub-topology: the partitions of its widest topic. */
export const taskCount = (
  { name }: Plan,
  { sources, tasksTopic }: Subtopology,
  partitions: (topic: string) => number | undefined,
): number => {
  const topics = sources.flatMap((source) => sourceTopics(name, source));
  if (tasksTopic !== undefined) topics.push(tasksTopic);
  return Math.max(1, ...topics.map((topic) => partitions(topic) ?? 1));
};
