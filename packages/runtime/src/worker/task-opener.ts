import type { Clock, OnError, Subtopology, TopicDescription } from '@kstreams/core/graph';
import type { Progress } from '../async/offset-metadata.js';
import type { Restorer } from '../restore/restorer.js';
import type { RestoreTarget } from '../restore/store-restore.js';
import { type OpenTaskOptions, openTask } from '../task/open-task.js';
import { rowKey, rowTimestamp } from '../task/restored-row.js';
import { type StorePartition, storePartition } from '../task/stores/store-partition.js';
import type { Task } from '../task/task.js';
import { taskId } from '../task/task-options.js';
import type { TaskRegistry } from './task-registry.js';

/** Options for opening the tasks of a worker. */
export interface TaskOpenerOptions extends Omit<OpenTaskOptions, 'subtopology' | 'partition' | 'storePartitions'> {
  readonly topics: ReadonlyMap<string, TopicDescription>;
  readonly restorer: Restorer;
  readonly registry: TaskRegistry;
}

/** The committed offset of a topic of a task, with its metadata. */
export interface CommittedProgress extends Required<Progress> {
  readonly offset: number;
}

/** The task to open. */
export interface TaskAssignment {
  readonly subtopology: Subtopology;
  readonly partition: number;
  /** By topic. Topics without a committed offset are missing. */
  readonly progress: ReadonlyMap<string, CommittedProgress>;
}

/** A task that is owned by a worker. */
export interface OwnedTask {
  readonly task: Task;
  /** Closes the task and releases it to its next owner. */
  close(): Promise<void>;
}

/** Opens a task: waits for its previous owner in this process, restores and loads its stores, and opens its nodes. */
export const openOwnedTask = async (
  assignment: TaskAssignment,
  options: TaskOpenerOptions,
  signal: AbortSignal,
): Promise<OwnedTask> => {
  const { partition, progress, subtopology } = assignment;
  const { application, topics } = options;
  const id = taskId(subtopology, partition);
  const release = await options.registry.acquire(id);
  try {
    signal.throwIfAborted();
    const storePartitions = subtopology.stores.map((spec) => storePartition(application, spec, partition, topics));
    await options.restorer.restore(
      storePartitions.map((one) => target(one, id, assignment, options)),
      signal,
    );
    const stopped = openTask({ ...options, subtopology, partition, storePartitions });
    await stopped.stores.load();
    signal.throwIfAborted();
    const task = stopped.start();
    for (const [topic, one] of progress) task.resume(topic, one);
    return { task, close: () => task.close().finally(release) };
  } catch (thrown) {
    release();
    throw thrown;
  }
};

/** A source topic that serves as a changelog is read up to the committed offset, through the error policy. */
const target = (
  store: StorePartition,
  task: string,
  { progress, subtopology }: TaskAssignment,
  { application, clock, onError }: { application: string; clock: Clock; onError: OnError | undefined },
): RestoreTarget => {
  const { changelog } = store;
  if (changelog === undefined || changelog.own) return { store, task };
  const { topic } = changelog;
  const until = progress.get(topic)?.offset ?? 0;
  const timestamp = rowTimestamp(application, subtopology, topic, onError, clock);
  return { store, task, until, rowTimestamp: timestamp, rowKey: rowKey(application, subtopology, topic) };
};
