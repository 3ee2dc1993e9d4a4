import {
  type AnyStoreSpec,
  type ByteStore,
  type Lookup,
  type NodeId,
  type Observer,
  type OnError,
  type RowEvent,
  readsWait,
  StateError,
} from '@kstreams/core/graph';
import { RecordJournal } from './record-journal.js';
import type { StorePartition } from './stores/store-partition.js';
import { type CommitListener, TaskStores } from './stores/task-stores.js';
import { Task } from './task.js';
import { TaskObserver } from './task-observer.js';
import { type TaskOptions, taskId } from './task-options.js';
import { waitsForSerdes } from './waits-for-values.js';

/** Options of {@link openTask}. */
export interface OpenTaskOptions
  extends Omit<
    TaskOptions,
    | 'stores'
    | 'globalStore'
    | 'globalLookup'
    | 'journal'
    | 'waitsForValues'
    | 'loading'
    | 'onError'
    | 'observer'
    | 'tracing'
  > {
  readonly storePartitions: readonly StorePartition[];
  readonly bytes: ByteStore;
  /** Number of live values at which a store evicts clean ones. */
  readonly liveLimit: number;
  /** The global tables of the process. */
  readonly globals: {
    store(spec: AnyStoreSpec): unknown;
    lookup(node: NodeId): Lookup<unknown, unknown>;
  };
  /** Receives the rows that each commit changed. */
  readonly changes?: CommitListener;
  /** The error policy; every failure is thrown unless set. */
  readonly onError: OnError | undefined;
  readonly observer: Observer | undefined;
  /** Freezes stored and shared values, in tests. */
  readonly freeze?: ((value: unknown) => void) | undefined;
}

/** A task with open stores, before its nodes are opened. */
export interface StoppedTask {
  /** The stores. Unless they are empty, load them before `start`. */
  readonly stores: TaskStores;
  /** Opens the nodes of the task. */
  start(): Task;
}

/** Opens the stores of a task. `start` opens its nodes. */
export const openTask = (options: OpenTaskOptions): StoppedTask => {
  const { bytes, changes, globals, liveLimit, metrics, onError, topicLimits, storePartitions, requestCommit } = options;
  const [serdesWait, rowsWait] = [waitsForSerdes(options.subtopology), readsWait(bytes)];
  const waits = serdesWait || rowsWait;
  const task = taskId(options.subtopology, options.partition);
  const journal = new RecordJournal({
    rollsBack: onError !== undefined || waits,
    onlyForWaits: onError === undefined,
    refuse: () => refuseWrite(task),
  });
  const observer = options.observer && new TaskObserver(options.observer);
  const { partition, subtopology } = options;
  const tracing = metrics.tracing?.task({ id: task, subtopology: subtopology.id, partition });
  const stores = new TaskStores({
    storePartitions,
    bytes,
    journal,
    liveLimit,
    topicLimits,
    changes,
    full: requestCommit,
    reads: (store) => metrics.storeReads.of({ 'kstreams.store': store }),
    observeRows: (observer ?? tracing) && ((spec) => rowListener(observer?.rows(spec), tracing?.rows(spec))),
    freeze: options.freeze,
  });
  const start = (): Task =>
    new Task({
      ...options,
      stores,
      globalStore: (spec) => globals.store(spec),
      globalLookup: (node) => globals.lookup(node),
      journal,
      waitsForValues: waits,
      loading: rowsWait && !serdesWait ? bytes : undefined,
      onError: onError ?? (() => 'fail'),
      observer,
      tracing,
    });
  return { stores, start };
};

type RowListener = (row: RowEvent) => void;

/** Returns a listener that calls those that are given; `undefined` if there is none. */
const rowListener = (one: RowListener | undefined, other: RowListener | undefined): RowListener | undefined => {
  if (one === undefined || other === undefined) return one ?? other;
  return (row) => {
    one(row);
    other(row);
  };
};

const refuseWrite = (task: string): never => {
  throw new StateError(
    'a store was written outside of a record, such as after an await or while the processor was opened: write it while a ' +
      'record, timer or schedule is processed, and await in mapAsync or processAsync',
    { task },
  );
};
