import { type AnyStoreSpec, partitionFor, sourceTopics } from '@kstreams/core/graph';
import { map, Observable } from 'rxjs';
import type { HeldTasks, InstanceRow } from '../metadata/instance-row.js';
import type { TaskHolder } from '../metadata/instances.js';
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

/** The process that holds a key or a partition. */
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
  /** Returns the process that holds a partition of a store, as `forKey` does for a key. */
  forPartition(store: string, partition: number): KeyMetadata | undefined;
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
  /** Returns the other process that holds a task. */
  readonly holderOf: (task: string) => TaskHolder | undefined;
  /** Emits after every possible change; completes with the application. */
  readonly changed$: Observable<unknown>;
}

/** Returns the metadata of all processes. A task that this process and another one claim belongs to this one. */
export const metadataOf = (subscriptions: PlannedTasks, source: InstanceTasks): Metadata => {
  const { changed$, endpoint, held, id } = source;
  const instances = (): readonly InstanceMetadata[] => {
    const tasks = tasksById(subscriptions);
    const named = (ids: Iterable<string>): readonly TaskMetadata[] =>
      [...ids]
        .flatMap((one) => tasks.get(one) ?? [])
        .sort((a, b) => a.place - b.place)
        .map(({ task }) => task);
    const mine = held();
    const here = new Set([...mine.running, ...mine.opening]);
    const elsewhere = [...source.others].map(([other, row]) => {
      const theirs = (ids: readonly string[]) => named(ids.filter((one) => !here.has(one)));
      return {
        id: other,
        endpoint: row.endpoint,
        local: false,
        tasks: theirs(row.running),
        opening: theirs(row.opening),
      };
    });
    const local = { id, endpoint, local: true, tasks: named(mine.running), opening: named(mine.opening) };
    return [local, ...elsewhere.filter((one) => one.tasks.length + one.opening.length > 0)];
  };
  const holderOf = (spec: AnyStoreSpec, partition: number): KeyMetadata | undefined => {
    const owner = subscriptions.plan.subtopologies.find(({ stores }) => stores.includes(spec));
    if (owner === undefined) return undefined;
    const task = taskId(owner, partition);
    const mine = held();
    if (mine.running.includes(task)) return { instance: id, endpoint, partition, local: true };
    const holder = mine.opening.includes(task) ? undefined : source.holderOf(task);
    return holder?.runs === true
      ? { instance: holder.id, endpoint: holder.endpoint, partition, local: false }
      : undefined;
  };
  return {
    instances,
    instances$: startingNow(changed$).pipe(map(instances)),
    forKey: (of: ReadableStore<unknown, unknown> | string, key: unknown) => {
      const spec = findStore(of, subscriptions.stores);
      return holderOf(spec, partitionFor(partitionKeyOf(spec, key), subscriptions.partitionsOf(spec)));
    },
    forPartition: (store, partition) => holderOf(findStore(store, subscriptions.stores), partition),
  };
};

/** Returns an observable that emits once at the start of a subscription. `startWith` would bundle the schedulers of rxjs. */
const startingNow = (source$: Observable<unknown>): Observable<unknown> =>
  new Observable((subscriber) => {
    subscriber.next(undefined);
    return source$.subscribe(subscriber);
  });

/** Returns all tasks of the plan by their ids, with their place in it. */
const tasksById = (
  subscriptions: PlannedTasks,
): ReadonlyMap<string, { readonly place: number; readonly task: TaskMetadata }> => {
  const { plan, topics } = subscriptions;
  const tasks = new Map<string, { readonly place: number; readonly task: TaskMetadata }>();
  for (const subtopology of plan.subtopologies) {
    const read = subtopology.sources.flatMap((source) => sourceTopics(plan.name, source));
    const stores = subtopology.stores.map(({ name }) => name);
    const count = subscriptions.taskCount(subtopology);
    for (let partition = 0; partition < count; partition++) {
      const id = taskId(subtopology, partition);
      const reads = read.filter((topic) => partition < (topics.get(topic)?.partitions ?? 0));
      tasks.set(id, { place: tasks.size, task: { id, partition, topics: reads, stores } });
    }
  }
  return tasks;
};
