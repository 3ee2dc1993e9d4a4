import {
  type Backend,
  type Clock,
  type DropReason,
  type Duration,
  type GlobalNode,
  type OnError,
  type Plan,
  planTopology,
  type Table,
  type Topology,
  type Transport,
  toMilliseconds,
} from '@kstreams/core';
import { BehaviorSubject, type Observable } from 'rxjs';
import { sourceTopics } from '../names.js';
import { GlobalTables } from '../state/global-tables.js';
import { assignmentOf } from '../worker/assignment.js';
import { prepareTopics } from '../worker/internal-topics.js';
import { matchPatterns } from '../worker/match-patterns.js';
import { Worker } from '../worker/worker.js';
import { type View, viewOf } from './view.js';

/** In which part of its life an application is. */
export type AppState = 'running' | 'closing' | 'closed' | 'failed';

/** How an application runs. */
export interface RunOptions {
  readonly transport: Transport;
  readonly state: Backend;
  /** Where the state of this application lives. */
  readonly stateFolder: string;
  readonly clock: Clock;
  /** How often is committed; `'5s'` unless set. */
  readonly commitInterval?: Duration;
  /** How many workers share the partitions in this process; 1 unless set. */
  readonly workers?: number;
  /** Judges failures; every one fails unless set. */
  readonly onError?: OnError;
  /** How many live values a store may hold before it lets go of clean ones; 10,000 unless set. */
  readonly liveLimit?: number;
}

/** What an application did so far. */
export interface AppCounts {
  readonly processed: number;
  readonly restored: number;
  readonly commits: number;
}

/** A running application. */
export interface App {
  /** Its state now, and as it changes. */
  readonly state: AppState;
  readonly state$: Observable<AppState>;
  /** Settles once: resolves when closed, rejects with what failed. */
  readonly closed: Promise<void>;
  readonly counts: AppCounts;
  /** How often records were dropped, by node and reason. */
  readonly drops: ReadonlyMap<string, number>;
  /** Reads a table's rows in this process. */
  view<K, V>(table: Table<K, V>): View<K, V>;
  /** Commits what is done and lets go of everything. Calling it again waits for the same. */
  close(): Promise<void>;
}

/** Runs a topology until it is closed or fails. Resolves once its workers have joined the group. */
export const run = async (source: Topology | { build(): Topology }, options: RunOptions): Promise<App> => {
  const { clock, transport } = options;
  const commitInterval = toMilliseconds(options.commitInterval ?? '5s', 'the commit interval');
  const liveLimit = options.liveLimit ?? 10_000;
  const counts = { processed: 0, restored: 0, commits: 0 };
  const drops = new Map<string, number>();
  const dropped = (node: string, reason: DropReason) =>
    drops.set(`${node} ${reason}`, (drops.get(`${node} ${reason}`) ?? 0) + 1);
  const state$ = new BehaviorSubject<AppState>('running');

  const admin = await transport.admin();
  const planned = planTopology('build' in source ? source.build() : source);
  const plan = matchPatterns(planned, (await admin.topics()).keys());
  const topics = await prepareTopics(plan, transport, admin);
  const bytes = await options.state.open(options.stateFolder);
  const globals = new GlobalTables({
    application: plan.name,
    nodes: plan.globals,
    bytes,
    liveLimit: Number.POSITIVE_INFINITY,
    now: () => clock.now(),
    dropped,
  });
  const stopGlobals = await followGlobals(globals, plan.globals, topics, options);
  const workers: Worker[] = [];
  for (let index = 0; index < (options.workers ?? 1); index++) {
    workers.push(
      await Worker.open({
        application: plan.name,
        index,
        transport,
        assignment: assignmentOf(plan, topics),
        topics,
        bytes,
        globals,
        clock,
        commitInterval,
        liveLimit,
        onError: options.onError,
        dropped,
        processed: (records) => (counts.processed += records),
        restored: (records) => (counts.restored += records),
        committed: () => (counts.commits += 1),
      }),
    );
  }
  const closeWorkers = (): void => {
    for (const worker of workers) worker.close();
  };
  const closed = (async () => {
    const ends = await Promise.allSettled(
      workers.map((worker) =>
        worker.run().catch((failure: unknown) => {
          closeWorkers();
          throw failure;
        }),
      ),
    );
    await stopGlobals();
    await admin.close();
    await bytes.close();
    const failed = ends.find((end) => end.status === 'rejected');
    state$.next(failed === undefined ? 'closed' : 'failed');
    state$.complete();
    if (failed !== undefined) throw failed.reason;
  })();
  closed.catch(() => {});

  return {
    get state() {
      return state$.value;
    },
    state$,
    closed,
    counts,
    drops,
    view: (table) => {
      const stores = () => workers.flatMap((worker) => [...worker.tasks].flatMap((task) => task.stores.open));
      return viewOf(table, stores, partitionsOf(plan, table.rows.store, topics), bytes);
    },
    close: () => {
      if (state$.value === 'running') state$.next('closing');
      closeWorkers();
      return closed;
    },
  };
};

const partitionsOf = (plan: Plan, spec: unknown, topics: ReadonlyMap<string, { partitions: number }>): number => {
  const owner = plan.subtopologies.find(({ stores }) => stores.some((one) => one === spec));
  const sources = owner?.sources.flatMap((source) => sourceTopics(plan.name, source)) ?? [];
  return Math.max(1, ...sources.map((name) => topics.get(name)?.partitions ?? 1));
};

/** Reads all global topics to their ends, then goes on reading them until the answer is called. */
const followGlobals = async (
  globals: GlobalTables,
  nodes: readonly GlobalNode[],
  topics: ReadonlyMap<string, { partitions: number }>,
  { transport }: RunOptions,
): Promise<() => Promise<void>> => {
  if (nodes.length === 0) return async () => {};
  const consumer = await transport.consumer({ clientId: 'global' });
  const partitions = nodes.flatMap(({ topic }) =>
    Array.from({ length: topics.get(topic)?.partitions ?? 0 }, (_, partition) => ({ topic, partition })),
  );
  const starts = await consumer.offsets(partitions, 'earliest');
  const ends = await consumer.offsets(partitions, 'latest');
  consumer.assign(partitions.map((one, i) => ({ ...one, offset: starts[i] ?? 0 })));
  const read = async (wait: number): Promise<void> => {
    for (const record of await consumer.poll(1_000, wait)) globals.apply(record);
  };
  while (partitions.some((one, i) => (consumer.position(one) ?? 0) < (ends[i] ?? 0))) await read(100);
  let stopped = false;
  const following = (async () => {
    while (!stopped) await read(1_000);
  })();
  return async () => {
    stopped = true;
    consumer.wake();
    await following;
    await consumer.close();
  };
};
