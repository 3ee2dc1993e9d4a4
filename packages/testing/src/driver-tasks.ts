import { type ByteStore, type CommittedOffset, isName, type Outgoing, type Plan } from '@kstreams/core/graph';
import {
  allPolled,
  decodeProgress,
  GlobalTables,
  type Metrics,
  openTask,
  type StoppedTask,
  storePartition,
  type Task,
  type TaskEvent,
  TopicLimits,
} from '@kstreams/runtime';
import { deepFreeze } from './freeze.js';
import type { TestClock } from './test-clock.js';
import { observerOf, type TestDriverOptions } from './test-driver-options.js';

/** Options for opening the tasks of a driver. */
export interface DriverTasksOptions {
  /** The plan of the topology, with its patterns matched. */
  readonly plan: Plan;
  readonly bytes: ByteStore;
  readonly clock: TestClock;
  readonly metrics: Metrics;
  readonly driver: TestDriverOptions;
  readonly send: (record: Outgoing) => void;
  readonly wake: () => void;
  readonly emit: (event: TaskEvent) => void;
}

/** The tasks of a driver before they start, and its global tables. */
export interface DriverTasks {
  readonly globals: GlobalTables;
  readonly stopped: readonly StoppedTask[];
}

/** Opens the tasks and global tables of a driver, one task per sub-topology. */
export const openTasks = ({
  bytes,
  clock,
  driver,
  emit,
  metrics,
  plan,
  send,
  wake,
}: DriverTasksOptions): DriverTasks => {
  const { freeze, onError } = driver;
  const shared = {
    application: plan.name,
    bytes,
    liveLimit: driver.liveLimit ?? Number.POSITIVE_INFINITY,
    clock,
    now: () => clock.now(),
    metrics,
    freeze: freeze === false ? undefined : deepFreeze,
    topicLimits: new TopicLimits(driver.maxRecordSize),
  };
  const globals = new GlobalTables({
    ...shared,
    dropped: (node, reason) => metrics.dropped(node, reason, emit),
    nodes: plan.globals,
    onError,
    observer: observerOf(driver),
  });
  const stopped = plan.subtopologies.map((subtopology) =>
    openTask({
      ...shared,
      subtopology,
      partition: 0,
      storePartitions: subtopology.stores.map((spec) => storePartition(plan.name, spec, 0, new Map())),
      globals,
      input: allPolled,
      producer: { send },
      topics: { get: (name) => (isName(name) ? { partitions: 1 } : undefined) },
      onError,
      observer: observerOf(driver),
      requestCommit: () => {},
      emit,
      wake,
    }),
  );
  return { globals, stopped };
};

/** The committed progress of tasks, which are in the order of their sub-topologies. */
export class CommittedProgress {
  readonly #offsets: Map<string, CommittedOffset>[] = [];

  /** Keeps the progress of tasks. A topic without new records keeps its earlier progress. */
  commit(tasks: readonly Task[]): void {
    for (const [i, task] of tasks.entries()) {
      this.#offsets[i] ??= new Map();
      for (const one of task.offsets()) this.#offsets[i].set(one.topic, one);
    }
  }

  /** Resumes tasks that were opened again. */
  resume(tasks: readonly Task[]): void {
    for (const [i, task] of tasks.entries()) {
      for (const { metadata, offset, topic } of this.#offsets[i]?.values() ?? []) {
        task.resume(topic, decodeProgress(metadata, offset));
      }
    }
  }
}
