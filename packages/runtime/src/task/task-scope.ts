import {
  type AnyStoreSpec,
  type Expiries,
  type NodeId,
  type RecordSource,
  StateError,
  type TimerRows,
  type Timers,
} from '@kstreams/core/graph';
import { type AsyncStages, notAsync } from '../async/async-stages.js';
import type { Scope } from '../compile/scope.js';
import type { CatchUpDetector } from './catch-up-detector.js';
import { ExpiryCursor } from './expiry-cursor.js';
import type { IdleDetector } from './idle-detector.js';
import type { PunctuationQueues, QueuesByClock } from './punctuation-queues.js';
import type { RecordCollector } from './record-collector.js';
import { streamPeriod, wallPeriod } from './schedule-list.js';
import { type TaskOptions, taskId } from './task-options.js';
import { TimerCursor } from './timer-cursor.js';

/** The parts of a task that its nodes share. */
export interface ScopeParts {
  /** The clocks of the task, in ms. */
  readonly time: { readonly stream: number; readonly wall: number };
  readonly source: RecordSource;
  readonly collector: RecordCollector;
  readonly punctuations: PunctuationQueues;
  readonly idle: IdleDetector;
  readonly catchUp: CatchUpDetector;
  readonly stages: AsyncStages | undefined;
  /** True when records are parked one by one: every node is behind records in flight. */
  readonly parksRecords: boolean;
  /** Called when the task closes, the last one first. */
  readonly releases: (() => void | Promise<void>)[];
}

/** Returns the scope of a task's nodes, with the scope of nodes behind async stages. */
export const taskScope = (options: TaskOptions, parts: ScopeParts): Scope => {
  const { parksRecords, punctuations, stages, time } = parts;
  const owners = { timers: new Map<AnyStoreSpec, NodeId>(), expiries: new Map<AnyStoreSpec, ExpiryCursor>() };
  const above: Scope = {
    ...scopeWithClocks(options, parts, time, punctuations.byClock, owners),
    clock: () => (timestamp) => timestamp,
    calls: (node, work, done) => {
      if (stages !== undefined) return stages.open(node, options.tracing?.calls(node, work) ?? work, done);
      throw notAsync(node);
    },
  };
  if (stages === undefined) return above;
  const timeBehind = {
    get stream() {
      return stages.streamTime(time.stream);
    },
    get wall() {
      return time.wall;
    },
  };
  const behind: Scope = {
    ...scopeWithClocks(options, parts, timeBehind, punctuations.byClockBehind, owners),
    clock: (node, moved) => stages.clock(node, moved),
    calls: above.calls,
  };
  return parksRecords ? behind : { ...above, behind };
};

const scopeWithClocks = (
  {
    clock: wallClock,
    edges,
    globalLookup,
    globalStore,
    journal,
    observer,
    partition,
    requestCommit,
    stores,
    subtopology,
  }: TaskOptions,
  { catchUp, collector, idle, releases, source }: ScopeParts,
  time: Scope['time'],
  punctuations: QueuesByClock,
  owners: {
    readonly timers: Map<AnyStoreSpec, NodeId>;
    readonly expiries: Map<AnyStoreSpec, ExpiryCursor>;
  },
): Omit<Scope, 'calls' | 'clock'> => {
  const storeOf = (spec: AnyStoreSpec): unknown => {
    const store = stores.get(spec)?.handle ?? globalStore(spec);
    if (store !== undefined) return store;
    throw new StateError(`store "${spec.name}" is not connected to this node: list it among the node's stores`);
  };
  const place = { id: taskId(subtopology, partition), subtopology: subtopology.id, partition, time, source };
  return {
    ...place,
    store: storeOf,
    globalLookup,
    sink: (node) => collector.sink(node),
    schedule: (node, interval, clock, anchor, call) => {
      const period = clock === 'stream' ? streamPeriod(interval, anchor) : wallPeriod(wallClock, interval, anchor);
      const cancel = punctuations[clock].add(node, period, call);
      journal.whenRolledBack(cancel);
      return cancel;
    },
    timers: (node, spec, fire) => {
      const owner = owners.timers.get(spec);
      if (owner !== undefined)
        throw new StateError(`timers "${spec.name}" are fired by "${owner}" already: read them with store`, { node });
      owners.timers.set(spec, node);
      const timers = storeOf(spec) as Timers<unknown, unknown>;
      const rows = stores.get(spec)?.rows as TimerRows<unknown, unknown>;
      punctuations[spec.clock].addTimers(new TimerCursor(node, rows, fire, spec.maxDelay));
      return timers;
    },
    onExpiry: (node, spec, act) => {
      if (spec.ttl === undefined)
        throw new StateError(`store "${spec.name}" has no ttl: its rows do not end`, { node });
      storeOf(spec);
      const expiries = stores.get(spec)?.rows.expiries as Expiries<unknown, unknown>;
      let cursor = owners.expiries.get(spec);
      if (cursor === undefined) {
        cursor = new ExpiryCursor(spec.name, expiries, node);
        owners.expiries.set(spec, cursor);
        punctuations.expiries[spec.ttl.clock].addTimers(cursor);
      }
      if (act !== undefined) cursor.follow(node, act);
    },
    onIdle: (node, after, call) => {
      const cancel = idle.add(node, after, call);
      journal.whenRolledBack(cancel);
      return cancel;
    },
    onCaughtUp: (node, due, call) => {
      const cancel = catchUp.add(node, due, call);
      journal.whenRolledBack(cancel);
      return cancel;
    },
    drop: (node, reason, late) => collector.drop(node, reason, late),
    turn: journal,
    watchable: edges && ((from, to, set) => void releases.push(edges.add({ task: place, from, to }, set))),
    observe: observer && ((from, to, process) => observer.edge(from, to, process)),
    commit: requestCommit,
    onClose: (release) => releases.push(release),
  };
};
