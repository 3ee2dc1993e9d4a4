import {
  type ByteStore,
  type Clock,
  type OnError,
  type Subtopology,
  type TopicDescription,
  TopologyError,
} from '@kstreams/core/graph';
import type { Lineage, Progress } from '../async/offset-metadata.js';
import { shortHash } from '../async/short-hash.js';
import type { Restorer } from '../restore/restorer.js';
import type { RestoreTarget } from '../restore/store-restore.js';
import { type OpenTaskOptions, openTask } from '../task/open-task.js';
import type { TopicPartitions } from '../task/record-collector.js';
import { rowKey, rowTimestamp } from '../task/restored-row.js';
import type { StoreCopies } from '../task/stores/store-copies.js';
import { type StorePartition, storePartition } from '../task/stores/store-partition.js';
import type { Task } from '../task/task.js';
import { taskId } from '../task/task-options.js';
import type { TaskRegistry } from './task-registry.js';
import { changelogLost } from './topics/judge-topic-change.js';

/** Options for opening the tasks of a worker. */
export interface TaskOpenerOptions
  extends Omit<OpenTaskOptions, 'subtopology' | 'partition' | 'storePartitions' | 'topics' | 'lineage'> {
  readonly topics: ReadonlyMap<string, TopicDescription>;
  /** The topics that output is for. */
  readonly found: TopicPartitions;
  readonly restorer: Restorer;
  readonly registry: TaskRegistry;
  readonly copies: StoreCopies;
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
  /** The offsets, by topic, from which the group begins to read. */
  readonly begins: ReadonlyMap<string, number>;
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
  const { begins, partition, progress, subtopology } = assignment;
  const { application, bytes, clock, copies, found, topics } = options;
  const id = taskId(subtopology, partition);
  const storePartitions = subtopology.stores.map((spec) => storePartition(application, spec, partition, topics));
  const release = await options.registry.acquire(id);
  try {
    signal.throwIfAborted();
    checkChangelogs(storePartitions, progress);
    const changelogs = changelogIds(storePartitions);
    const lineage = (topic: string): Lineage => ({ ...lineageOf(topics.get(topic)), changelogs });
    const begun = clock.now();
    await acquireRows(bytes, storePartitions, signal);
    await options.restorer.restore(
      storePartitions.map((one) => target(one, id, assignment, options)),
      signal,
    );
    const stopped = openTask({ ...options, topics: found, lineage, subtopology, partition, storePartitions });
    await untilAborted(stopped.stores.load(), signal);
    signal.throwIfAborted();
    const task = stopped.start();
    for (const [topic, one] of progress) task.resume(topic, one);
    for (const [topic, offset] of begins) task.begin(topic, offset);
    copies.remove(storePartitions);
    stopped.stores.markComplete(begun);
    const left = (): void => {
      // Rows that are loaded may belong to the next owner by then.
      if (bytes.prefetchKeys === undefined) copies.keep(storePartitions, stopped.stores.completeAt);
      release();
    };
    return { task, close: () => task.close().finally(left) };
  } catch (thrown) {
    copies.cancel(storePartitions);
    release();
    throw thrown;
  }
};

/** Takes over the rows that are kept without a changelog. */
const acquireRows = async (bytes: ByteStore, stores: readonly StorePartition[], signal: AbortSignal): Promise<void> => {
  for (const { changelog, partition, spec } of stores) {
    if (changelog !== undefined || spec.disposable === true) continue;
    await bytes.acquire?.({ store: spec.name, partition, signal });
  }
};

/** Waits for work that may be left alone, such as a read; rejects when the signal aborts before. */
const untilAborted = async (work: Promise<void>, signal: AbortSignal): Promise<void> => {
  // After an abort its failure is not reported.
  work.catch(() => {});
  signal.throwIfAborted();
  const cancelled = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { signal: cancelled.signal });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    cancelled.abort();
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
  if (changelog === undefined) return { store, task };
  if (changelog.own) return { store, task, withoutOffsets: isUncommitted(store, progress) };
  const { topic } = changelog;
  const until = progress.get(topic)?.offset ?? 0;
  const timestamp = rowTimestamp(application, subtopology, topic, onError, clock);
  return { store, task, until, rowTimestamp: timestamp, rowKey: rowKey(application, subtopology, topic) };
};

const lineageOf = (topic: TopicDescription | undefined): Lineage => ({
  topicId: topic?.id === undefined ? undefined : shortHash(topic.id),
  partitions: topic?.partitions,
});

/** Returns the ids of the changelogs of stores, by store, as short hashes. */
const changelogIds = (stores: readonly StorePartition[]): ReadonlyMap<string, string> =>
  new Map(
    stores.flatMap(({ changelog, spec }): [string, string][] =>
      changelog?.own !== true || changelog.id === undefined ? [] : [[shortHash(spec.name), shortHash(changelog.id)]],
    ),
  );

/** True when no offset of a task was committed beside the changelog of a store. Offsets that others have set are not known. */
const isUncommitted = ({ spec }: StorePartition, progress: ReadonlyMap<string, CommittedProgress>): boolean =>
  [...progress.values()].every(({ lineage: { changelogs } }) => changelogs?.has(shortHash(spec.name)) === false);

/** Throws when the offsets of a task were committed beside another changelog than there is: its rows would be missing. */
const checkChangelogs = (stores: readonly StorePartition[], progress: ReadonlyMap<string, CommittedProgress>): void => {
  const ids = changelogIds(stores);
  for (const { changelog, spec } of stores) {
    const id = ids.get(shortHash(spec.name));
    const other = [...progress.values()].find(({ lineage }) => {
      const before = lineage.changelogs?.get(shortHash(spec.name));
      return before !== undefined && id !== undefined && before !== id;
    });
    if (other === undefined) continue;
    const topic = changelog?.topic as string;
    throw new TopologyError(changelogLost(topic, spec.name), { topic });
  }
};
