import { partitionFor, sourceTopics } from '@kstreams/core/graph';
import { map, type Observable, startWith } from 'rxjs';
import type { HeldTasks, InstanceRow } from '../metadata/instance-row.js';
import { findStore, partitionKeyOf, type ReadableStore } from '../query/find-store.js';
import { taskId } from '../task/task-options.js';
import type { SubscriptionPlan } from '../worker/topics/subscription-plan.js';

/** A task of the application: one sub-topology on one partition. */
export interface TaskMetadata {
  /** Its sub-topology's number and its partition: `0_3`. */
  readonly id: string;
  readonly partition: number;
  readonly topics: readonly string[];
  /** The names of its stores. */
  readonly stores: readonly string[];
}

/** A process of the application. */
export interface InstanceMetadata {
  /** Unique among all processes; stable across restarts when the state is durable. */
  readonly id: string;
  /** Its `endpoint` option. */
  readonly endpoint: string | undefined;
  /** True for this process. */
  readonly local: boolean;
  /** Its running tasks. */
  readonly tasks: readonly TaskMetadata[];
  /** Its opening tasks: their stores are restoring, and views cannot read them yet. */
  readonly opening: readonly TaskMetadata[];
}

/** The process that holds the row of a key. */
export interface KeyMetadata {
  /** The id of the process. */
  readonly instance: string;
  /** Its `endpoint` option. */
  readonly endpoint: string | undefined;
  readonly partition: number;
  /** True when this process holds it: its views can read the key. */
  readonly local: boolean;
}

/**
 * The tasks, stores and keys of each process. This process is always current. Other processes are included when they and this
 * one have an `endpoint`; they publish their tasks after every change. A crashed process is listed until another one
 * opens its tasks.
 */
export interface Metadata {
  /** Returns this process and the others that hold tasks. */
  instances(): readonly InstanceMetadata[];
  /** The current instances, and again after every change. */
  readonly instances$: Observable<readonly InstanceMetadata[]>;
  /**
   * Returns the process that holds a key of a table, or of a store by its spec; `undefined` while its task moves or is
   * being restored.
   */
  forKey<K, V>(of: ReadableStore<K, V>, key: NoInfer<K>): KeyMetadata | undefined;
  /** Returns the process that holds a key of a store by its name. The key's type is not checked at run time. */
  forKey(store: string, key: unknown): KeyMetadata | undefined;
}

/** The part of a subscription plan that metadata uses: the tasks and stores of the application. */
type PlannedTasks = Pick<SubscriptionPlan, 'plan' | 'topics' | 'stores' | 'taskCount' | 'partitionsOf'>;

/** The tasks of this process and of the others. */
export interface InstanceTasks {
  /** The id of this process. */
  readonly id: string;
  readonly endpoint: string | undefined;
  /** Returns the tasks of this process as they are now. */
  readonly held: () => HeldTasks;
  /** The rows of the other processes, by their ids. */
  readonly others: ReadonlyMap<string, InstanceRow>;
  /** Emits after every possible change; completes with the application. */
  readonly changed$: Observable<unknown>;
}

/** Returns the metadata of all processes. A task that this process and another one claim belongs to this one. */
export const metadataOf = (subscriptions: PlannedTasks, source: InstanceTasks): Metadata => {
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
    forKey: (of: ReadableStore<unknown, unknown> | string, key: unknown): KeyMetadata | undefined => {
      const spec = findStore(of, subscriptions.stores);
      const partition = partitionFor(partitionKeyOf(spec, key), subscriptions.partitionsOf(spec));
      const holds = (task: TaskMetadata) => task.partition === partition && task.stores.includes(spec.name);
      const found = instances().find(({ tasks }) => tasks.some(holds));
      return found && { instance: found.id, endpoint: found.endpoint, partition, local: found.local };
    },
  };
};

/** Returns the tasks of the plan with an id that matches, in order. */
const tasksOf = (subscriptions: PlannedTasks, matches: (id: string) => boolean): readonly TaskMetadata[] => {
  const { plan, topics } = subscriptions;
  return plan.subtopologies.flatMap((subtopology) => {
    const read = subtopology.sources.flatMap((source) => sourceTopics(plan.name, source));
    const stores = subtopology.stores.map(({ name }) => name);
    return Array.from({ length: subscriptions.taskCount(subtopology) }, (_, partition) => ({
      id: taskId(subtopology, partition),
      partition,
      topics: read.filter((topic) => partition < (topics.get(topic)?.partitions ?? 0)),
      stores,
    })).filter(({ id }) => matches(id));
  });
};
