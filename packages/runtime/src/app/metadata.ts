import { partitionFor, sourceTopics, type TableHandle } from '@kstreams/core/graph';
import { map, type Observable, startWith } from 'rxjs';
import type { HeldTasks, InstanceRow } from '../metadata/instance-row.js';
import { findStore, partitionKeyOf } from '../query/find-store.js';
import { taskId } from '../task/task-options.js';
import type { SubscriptionPlan } from '../worker/topics/subscription-plan.js';

/** A task of the application: one sub-topology on one partition. */
export interface TaskMetadata {
  /** Its sub-topology's number and its partition: `0_3`. */
  readonly id: string;
  readonly partition: number;
  readonly topics: readonly string[];
  /** The names of its stores, of which it holds this partition. */
  readonly stores: readonly string[];
}

/** A process of the application. */
export interface InstanceMetadata {
  /** Its own among all processes; it outlives a restart where the state does. */
  readonly id: string;
  /** What was given it as `endpoint`. */
  readonly endpoint: string | undefined;
  /** True for this process. */
  readonly local: boolean;
  /** The tasks that run there. */
  readonly tasks: readonly TaskMetadata[];
  /** The tasks that it is about to run: their stores are restoring, and its views do not answer for them yet. */
  readonly opening: readonly TaskMetadata[];
}

/** Where the row of a key is. */
export interface KeyMetadata {
  /** The id of the process that holds it. */
  readonly instance: string;
  /** How that is reached, as it was given as `endpoint`. */
  readonly endpoint: string | undefined;
  readonly partition: number;
  /** True when that is this process: its views answer. */
  readonly local: boolean;
}

/**
 * Who holds what. Of this process it is known as it is now. The others are known where they and this one have an
 * `endpoint`, as they were when they last said so: they say so when a task has come or gone. One that died is named until
 * the group has noticed and another has begun to open its tasks.
 */
export interface Metadata {
  /** This process, and the others that hold tasks. */
  instances(): readonly InstanceMetadata[];
  /** The same as it changes, beginning with what it is now. */
  readonly instances$: Observable<readonly InstanceMetadata[]>;
  /** Where a key of a table is; undefined while nobody is known to hold it, since its task moves or is being restored. */
  forKey<K, V>(table: TableHandle<K, V>, key: NoInfer<K>): KeyMetadata | undefined;
  /** Where a key of a store is, by the store's name; its type is the caller's word. */
  forKey(store: string, key: unknown): KeyMetadata | undefined;
}

/** The tasks of this process and of the others. */
export interface InstanceTasks {
  /** The id of this process. */
  readonly id: string;
  readonly endpoint: string | undefined;
  /** Returns the tasks of this process as they are now. */
  readonly held: () => HeldTasks;
  /** The rows of the other processes, by their ids. */
  readonly others: ReadonlyMap<string, InstanceRow>;
  /** Emits when any of it may have changed; completes with the application. */
  readonly changed$: Observable<unknown>;
}

/** Returns metadata of the tasks of all processes. Where this process and another name the same task, this one has it. */
export const metadataOf = (subscriptions: SubscriptionPlan, source: InstanceTasks): Metadata => {
  const { changed$, endpoint, held, id } = source;
  const instances = (): readonly InstanceMetadata[] => {
    const mine = held();
    const here = new Set([...mine.running, ...mine.opening]);
    const elsewhere = [...source.others].map(([other, row]) => {
      const theirs = (ids: readonly string[]) =>
        tasksOf(subscriptions, (task) => ids.includes(task) && !here.has(task));
      const [tasks, opening] = [theirs(row.running), theirs(row.opening)];
      return { id: other, endpoint: row.endpoint, local: false, tasks, opening };
    });
    const [tasks, opening] = [mine.running, mine.opening].map((ids) =>
      tasksOf(subscriptions, (task) => ids.includes(task)),
    );
    const local = { id, endpoint, local: true, tasks, opening } as InstanceMetadata;
    return [local, ...elsewhere.filter((one) => one.tasks.length + one.opening.length > 0)];
  };
  return {
    instances,
    instances$: changed$.pipe(startWith(undefined), map(instances)),
    forKey: (wanted: TableHandle<unknown, unknown> | string, key: unknown): KeyMetadata | undefined => {
      const spec = findStore(wanted, subscriptions.stores);
      const partition = partitionFor(partitionKeyOf(spec, key), subscriptions.partitionsOf(spec));
      const holds = (task: TaskMetadata) => task.partition === partition && task.stores.includes(spec.name);
      const found = instances().find(({ tasks }) => tasks.some(holds));
      return found && { instance: found.id, endpoint: found.endpoint, partition, local: found.local };
    },
  };
};

/** The tasks of an application that are wanted, in order; a process of another version may know of others. */
const tasksOf = (subscriptions: SubscriptionPlan, wanted: (id: string) => boolean): readonly TaskMetadata[] => {
  const { plan, topics } = subscriptions;
  return plan.subtopologies.flatMap((subtopology) => {
    const read = subtopology.sources.flatMap((source) => sourceTopics(plan.name, source));
    const stores = subtopology.stores.map(({ name }) => name);
    return Array.from({ length: subscriptions.taskCount(subtopology) }, (_, partition) => ({
      id: taskId(subtopology, partition),
      partition,
      topics: read.filter((topic) => partition < (topics.get(topic)?.partitions ?? 0)),
      stores,
    })).filter(({ id }) => wanted(id));
  });
};
