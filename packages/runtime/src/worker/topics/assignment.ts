import {
  type Plan,
  placementTopic,
  type Subtopology,
  sourceTopics,
  type TopicDescription,
  type TopicPartition,
} from '@kstreams/core/graph';
import { type TaskPlace, taskIdOf } from '../../task/task-options.js';
import { type SlotLayout, slotLayout } from '../placement/slot-layout.js';

/** A topic and its partition count. */
export interface SizedTopic {
  readonly topic: string;
  readonly partitions: number;
}

/** The division of the tasks among group members. */
export interface Assignment {
  /** The topics that the group divides: the placement topic, or one per sub-topology of a plan without stores. */
  readonly topics: readonly string[];
  /** The slots of the placement topic; undefined for a plan without stores. */
  readonly layout: SlotLayout | undefined;
  /** Returns the tasks that always go with a partition of the divided topics. */
  tasksOf(divided: TopicPartition): readonly TaskPlace[];
  /** Returns the partitions that a task reads. */
  partitionsOf(task: TaskPlace): readonly TopicPartition[];
  /** Returns a task by its id. */
  taskOf(id: string): TaskPlace | undefined;
  /** Returns the sub-topology that reads a topic. */
  subtopologyOf(topic: string): Subtopology | undefined;
}

/**
 * Returns the assignment of a plan. The group divides the placement topic, each partition of which is a slot for a stateful
 * task; stateless tasks go with a fixed slot. Without stores the group divides the source topic of each sub-topology, or its
 * tasks topic if it has several. A task reads partition p of every source that has one.
 */
export const assignmentOf = (plan: Plan, topics: ReadonlyMap<string, TopicDescription>): Assignment => {
  const partitions = (topic: string): number => topics.get(topic)?.partitions ?? 0;
  const owners = new Map<string, Subtopology>();
  /** By the ids of the sub-topologies: those of tasks may be of an earlier plan. */
  const sources = new Map<number, readonly string[]>();
  for (const subtopology of plan.subtopologies) {
    const names = subtopology.sources.flatMap((source) => sourceTopics(plan.name, source));
    if (subtopology.tasksTopic !== undefined) names.unshift(subtopology.tasksTopic);
    sources.set(subtopology.id, names);
    for (const name of names) owners.set(name, subtopology);
  }
  const tasks = new Map(tasksOf(plan, partitions).map((task) => [taskIdOf(task), task]));
  const placement = placementTopic(plan);
  const layout =
    placement === undefined ? undefined : slotLayout([...tasks.values()], placement, partitions(placement));
  const led = ({ topic, partition }: TopicPartition): readonly TaskPlace[] => {
    const subtopology = owners.get(topic);
    return subtopology === undefined ? [] : [{ subtopology, partition }];
  };
  return {
    topics: layout === undefined ? [...sources.values()].flatMap(([leader]) => leader ?? []) : [layout.topic],
    layout,
    tasksOf: (divided) => layout?.stateless[divided.partition] ?? led(divided),
    partitionsOf: ({ subtopology, partition }) =>
      (sources.get(subtopology.id) ?? [])
        .filter((topic) => partition < partitions(topic))
        .map((topic) => ({ topic, partition })),
    taskOf: (id) => tasks.get(id),
    subtopologyOf: (topic) => owners.get(topic),
  };
};

/** Returns the topics of tasks that need more partitions, of sub-topologies whose tasks keep nothing. */
export const tasksToGrow = (plan: Plan, partitions: (topic: string) => number | undefined): readonly SizedTopic[] =>
  plan.subtopologies.flatMap((subtopology) => {
    const { stores, tasksTopic: topic } = subtopology;
    const now = topic === undefined ? undefined : partitions(topic);
    if (topic === undefined || now === undefined || stores.some(({ disposable }) => disposable !== true)) return [];
    const needed = taskCount(plan, subtopology, partitions);
    return needed > now ? [{ topic, partitions: needed }] : [];
  });

/** Returns the number of tasks of a sub-topology: the partitions of its widest topic. */
export const taskCount = (
  { name }: Pick<Plan, 'name'>,
  { sources, tasksTopic }: Subtopology,
  partitions: (topic: string) => number | undefined,
): number => {
  const topics = sources.flatMap((source) => sourceTopics(name, source));
  if (tasksTopic !== undefined) topics.push(tasksTopic);
  return Math.max(1, ...topics.map((topic) => partitions(topic) ?? 1));
};

/** Returns all tasks of a plan. */
export const tasksOf = (plan: Plan, partitions: (topic: string) => number | undefined): readonly TaskPlace[] =>
  plan.subtopologies.flatMap((subtopology) =>
    Array.from({ length: taskCount(plan, subtopology, partitions) }, (_, partition) => ({ subtopology, partition })),
  );
