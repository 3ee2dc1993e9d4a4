import type { ByteStore, Observer, OnError } from '@kstreams/core/graph';
import type { CallLimits } from '../async/call-limits.js';
import type { GlobalTables } from '../global/global-tables.js';
import type { ChangeFeed } from '../query/change-feed.js';
import type { TopicPartitions } from '../task/record-collector.js';
import type { StoreCopies } from '../task/stores/store-copies.js';
import type { Task } from '../task/task.js';
import type { WatchedEdges } from '../task/watched-edges.js';
import type { ClientOptions } from './clients.js';
import type { RemovedRecordsPolicy } from './removed-records.js';
import type { TaskRegistry } from './task-registry.js';
import type { ClusterWatcher } from './topics/cluster-watcher.js';
import type { SubscriptionPlan } from './topics/subscription-plan.js';
import type { WorkerEvent } from './worker-event.js';

/** Options of a worker and the state it shares with the others of its process. */
export interface WorkerOptions extends Omit<ClientOptions, 'failed' | 'removed' | 'sampler'> {
  readonly subscriptions: SubscriptionPlan;
  /** The watcher of the topics. */
  readonly cluster: Pick<ClusterWatcher, 'check' | 'explain'>;
  /** The topics that output is for. */
  readonly found: TopicPartitions;
  readonly bytes: ByteStore;
  readonly globals: GlobalTables;
  readonly registry: TaskRegistry;
  readonly changes: ChangeFeed;
  readonly copies: StoreCopies;
  /** Drops damaged rows after all workers have closed their tasks; undefined where they cannot be restored. */
  readonly mend: (() => Promise<void>) | undefined;
  /** The time between two commits, in ms. */
  readonly commitInterval: number;
  /** The longest wait for calls in flight before a commit that cannot be postponed, in ms. */
  readonly drainTimeout: number;
  readonly limits: CallLimits;
  readonly liveLimit: number;
  /** The longest outage of the log, in ms. */
  readonly retryTimeout: number;
  /** The effect of records that the log deleted before they were read. */
  readonly removedRecords: RemovedRecordsPolicy;
  /** A failed worker closes the application or is replaced. */
  readonly workerFailure: 'close' | 'replace';
  readonly onError: OnError | undefined;
  readonly observer: Observer | undefined;
  readonly edges: WatchedEdges;
  readonly committed: (tasks: readonly Task[]) => void;
  /** Called when tasks were opened or closed. */
  readonly moved: () => void;
  readonly phase: (phase: WorkerPhase) => void;
  readonly emit: (event: WorkerEvent) => void;
}

/** The phase of a worker: before its first assignment, opening tasks, or running all its tasks. */
export type WorkerPhase = 'created' | 'rebalancing' | 'running';
