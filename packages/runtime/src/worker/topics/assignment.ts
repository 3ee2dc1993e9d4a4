import {
  type Plan,
  type Subtopology,
  sourceTopics,
  type TopicDescription,
  type TopicPartition,
} from '@kstreams/core/graph';

/** How sub-topologies are divided among members: by the partitions of their leader, which the others follow. */
export interface Assignment {
  readonly leaders: readonly string[];
  followers(leader: TopicPartition): readonly TopicPartition[];
  subtopologyOf(topic: string): Subtopology | undefined;
}

/**
 * The leader of a sub-topology is its widest source topic, ties broken by name, or the topic of its tasks where it reads a
 * pattern. Partition p of every other source goes where partition p of the leader goes.
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

/** How many tasks a sub-topology has: as many as its widest topic has partitions. */
export const taskCount = (
  { name }: Plan,
  { sources, tasksTopic }: Subtopology,
  partitions: (topic: string) => number | undefined,
): number => {
  const topics = sources.flatMap((source) => sourceTopics(name, source));
  if (tasksTopic !== undefined) topics.push(tasksTopic);
  return Math.max(1, ...topics.map((topic) => partitions(topic) ?? 1));
};
