import type { ByteStore, DropReason, Observer, OnError } from '@kstreams/core/graph';
import type { CallLimits } from '../async/call-limits.js';
import type { GlobalTables } from '../global/global-tables.js';
import type { ChangeFeed } from '../query/change-feed.js';
import type { Task } from '../task/task.js';
import type { ClientOptions } from './clients.js';
import type { TaskRegistry } from './task-registry.js';
import type { SubscriptionPlan } from './topics/subscription-plan.js';
import type { WorkerEvent } from './worker-event.js';

/** What a worker shares with the others of its process, and what it is told. */
export interface WorkerOptions extends ClientOptions {
  readonly subscriptions: SubscriptionPlan;
  readonly bytes: ByteStore;
  readonly globals: GlobalTables;
  readonly registry: TaskRegistry;
  readonly changes: ChangeFeed;
  /** Begins anew without damaged rows, once all workers have let go; undefined where others need them. */
  readonly mend: (() => Promise<void>) | undefined;
  /** How often is committed, in ms. */
  readonly commitInterval: number;
  /** How long calls in flight are waited for before a commit that cannot wait, in ms. */
  readonly drainTimeout: number;
  readonly limits: CallLimits;
  readonly liveLimit: number;
  /** Whether the application closes when a worker fails, or another takes its place. */
  readonly workerFailure: 'close' | 'replace';
  readonly onError: OnError | undefined;
  readonly observer: Observer | undefined;
  readonly dropped: (node: string, reason: DropReason) => void;
  readonly processed: (records: number) => void;
  readonly committed: (tasks: readonly Task[]) => Promise<void>;
  /** Tasks came or went. */
  readonly moved: () => void;
  readonly phase: (phase: WorkerPhase) => void;
  readonly emit: (event: WorkerEvent) => void;
}

/** Where a worker stands: not given anything yet, opening tasks, or with all its tasks running. */
export type WorkerPhase = 'created' | 'rebalancing' | 'running';
