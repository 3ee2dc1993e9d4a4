import {
  type ByteStore,
  bytesToId,
  type Outgoing,
  type Plan,
  partitionId,
  type Received,
  retryPending,
  StateError,
  type Subtopology,
  type TopicDescription,
} from '@kstreams/core/graph';
import { allPolled, GlobalTables, Metrics, storePartition, taskId } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import type { CommittedSteps } from '../history/task-step.js';
import { ReplayedTask } from './replayed-task.js';

/** A record that a task wrote. */
export interface Written {
  readonly task: string;
  readonly record: Outgoing;
}

/** The committed steps of a simulation and their surroundings. */
export interface ReplayOptions {
  readonly plan: Plan;
  readonly topics: ReadonlyMap<string, TopicDescription>;
  /** The committed steps of each task, commit by commit. */
  readonly commits: ReadonlyMap<string, readonly CommittedSteps[]>;
  /** The records of global tables, complete before the first task starts. */
  readonly globals: readonly Received[];
}

/** The result of a replay. */
export interface Replayed {
  /** The records that all tasks wrote, in the order of each task. */
  readonly written: readonly Written[];
  /** The last row of each key in each changelog, by `topic/partition`; without deleted keys. */
  readonly changelogs: ReadonlyMap<string, ReadonlyMap<string, Outgoing>>;
  /** The rows of all stores. */
  readonly rows: ByteStore;
}

/**
 * Runs the committed steps again, in the order of their commits, in tasks that never restart: without processes, log,
 * rebalances and restores. With exactly-once, a simulation must leave the same output and state.
 */
export const replay = async ({ plan, topics, commits, globals: records }: ReplayOptions): Promise<Replayed> => {
  const written: Written[] = [];
  const changelogs = new Map<string, Map<string, Outgoing>>();
  const rows = memoryStore();
  const append = (record: Outgoing): void => {
    const place = partitionId(record);
    const latest = changelogs.get(place) ?? new Map<string, Outgoing>();
    changelogs.set(place, latest);
    const key = bytesToId(record.key as Uint8Array);
    if (record.value === null) latest.delete(key);
    else latest.set(key, record);
  };
  const now = (): number => 0;
  const shared = { application: plan.name, bytes: rows, liveLimit: Number.POSITIVE_INFINITY, now };
  const globals = new GlobalTables({ ...shared, nodes: plan.globals, dropped: () => {} });
  for (const record of records) globals.apply(record);
  for (const [id, taskCommits] of commits) {
    const { subtopology, partition } = placeOf(plan, id);
    const storePartitions = subtopology.stores.map((spec) => storePartition(plan.name, spec, partition, topics));
    const replayed = new ReplayedTask({
      ...shared,
      subtopology,
      partition,
      storePartitions,
      globals,
      input: allPolled,
      onError: undefined,
      observer: undefined,
      metrics: new Metrics(),
      wake: () => {},
      requestCommit: () => {},
      producer: { send: (record) => written.push({ task: id, record }) },
      topics: { get: (topic) => topics.get(topic) ?? { partitions: 1 } },
    });
    const { stores } = replayed.task;
    await stores.load();
    for (const steps of taskCommits) {
      for (const step of steps) await replayed.run(step);
      const { logged, unlogged } = await retryPending(() => stores.flush(append));
      await rows.commit([...logged, ...unlogged]);
      stores.markCommitted();
      replayed.committed();
      await stores.clearExpired();
    }
    await replayed.task.close();
  }
  return { written, changelogs, rows };
};

const placeOf = (plan: Plan, id: string): { readonly subtopology: Subtopology; readonly partition: number } => {
  const partition = Number(id.slice(id.lastIndexOf('_') + 1));
  const subtopology = plan.subtopologies.find((one) => taskId(one, partition) === id);
  if (subtopology === undefined) throw new StateError(`the plan has no task ${id}`);
  return { subtopology, partition };
};
