import {
  type ByteStore,
  type Clock,
  type DropReason,
  type Observer,
  type OnError,
  type Outgoing,
  ProductionError,
  type Subtopology,
  type TopicDescription,
} from '@kstreams/core/graph';
import type { CallLimits } from '../async/call-limits.js';
import type { GlobalTables } from '../global/global-tables.js';
import type { ChangeFeed } from '../query/change-feed.js';
import type { Restorer, RestoreTarget } from '../restore/restorer.js';
import type { FailedSends } from '../task/failed-sends.js';
import { RecordJournal } from '../task/journal.js';
import type { Progress } from '../task/progress.js';
import { rowTimestamp } from '../task/row-timestamp.js';
import { type StorePlace, storePlace } from '../task/stores/store-place.js';
import { TaskStores } from '../task/stores/task-stores.js';
import { Task } from '../task/task.js';
import { taskId } from '../task/task-options.js';
import { Watch } from '../task/watch.js';
import type { TaskRegistry } from './task-registry.js';

/** What the tasks of a worker are opened with. */
export interface TaskOpenerOptions {
  readonly application: string;
  readonly topics: ReadonlyMap<string, TopicDescription>;
  readonly bytes: ByteStore;
  readonly globals: GlobalTables;
  readonly clock: Clock;
  readonly liveLimit: number;
  readonly onError: OnError | undefined;
  readonly observer: Observer | undefined;
  readonly dropped: (node: string, reason: DropReason) => void;
  readonly restorer: Restorer;
  readonly registry: TaskRegistry;
  readonly changes: ChangeFeed;
  readonly send: (record: Outgoing) => void;
  readonly requestCommit: () => void;
  /** Calls of a task have ended. */
  readonly wake: () => void;
  readonly limits: CallLimits;
  /** The output that the log refused, where there is a policy to judge it. */
  readonly failedSends: FailedSends | undefined;
}

/** What was committed of a task's topic: where it goes on, with which partition time, and what beyond it is done. */
export interface Resumed extends Required<Progress> {
  readonly offset: number;
}

/** A task to be opened. */
export interface TaskPlace {
  readonly subtopology: Subtopology;
  readonly partition: number;
  /** By topic; topics of which nothing is committed are missing. */
  readonly resumed: ReadonlyMap<string, Resumed>;
}

/** A task, and what tells the process that it is free again. */
export interface OpenTask {
  readonly task: Task;
  /** Closes the task and lets the next owner have it. */
  close(): Promise<void>;
}

/**
 * Opens a task: waits for its previous owner in this process, brings its stores up to date, loads them, compiles its
 * nodes.
 */
export const openTask = async (
  place: TaskPlace,
  options: TaskOpenerOptions,
  signal: AbortSignal,
): Promise<OpenTask> => {
  const { partition, resumed, subtopology } = place;
  const { application, bytes, clock, globals, onError, topics } = options;
  const id = taskId(subtopology, partition);
  const release = await options.registry.acquire(id);
  try {
    signal.throwIfAborted();
    const places = subtopology.stores.map((spec) => storePlace(application, spec, partition, topics));
    await options.restorer.restore(
      places.map((one) => target(one, id, place, options)),
      signal,
    );
    const journal = new RecordJournal();
    const { changes, liveLimit, requestCommit } = options;
    const watch = Watch.over(options.observer);
    const stores = new TaskStores({ places, bytes, journal, liveLimit, changes, full: requestCommit, watch });
    await stores.load();
    signal.throwIfAborted();
    const task = new Task({
      application,
      subtopology,
      partition,
      stores,
      journal,
      globalStore: (spec) => globals.store(spec),
      globalLookup: (node) => globals.lookup(node),
      outlet: { send: options.send, partitions: (topic) => partitionsOf(topic, topics) },
      journaled: onError !== undefined || bytes.prefetchKeys !== undefined,
      onError: onError ?? (() => 'fail'),
      clock,
      wake: options.wake,
      limits: options.limits,
      dropped: options.dropped,
      requestCommit,
      failedSends: options.failedSends,
      watch,
    });
    for (const [topic, progress] of resumed) task.resume(topic, progress);
    return { task, close: () => task.close().finally(release) };
  } catch (thrown) {
    release();
    throw thrown;
  }
};

const partitionsOf = (topic: string, topics: TaskOpenerOptions['topics']): number => {
  const found = topics.get(topic);
  if (found !== undefined) return found.partitions;
  throw new ProductionError(`topic "${topic}" does not exist: create what the application writes to`, {});
};

/** A source topic that serves as a changelog is read up to what the group has finished, through the error policy. */
const target = (
  place: StorePlace,
  task: string,
  { resumed, subtopology }: TaskPlace,
  { application, clock, onError }: TaskOpenerOptions,
): RestoreTarget => {
  const { changelog } = place;
  if (changelog === undefined || changelog.own) return { place, task };
  const { topic } = changelog;
  const until = resumed.get(topic)?.offset ?? 0;
  const timestamp = rowTimestamp(application, subtopology, topic, onError, () => clock.now());
  return { place, task, until, rowTimestamp: timestamp };
};
