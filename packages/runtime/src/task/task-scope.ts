import {
  type AnyStoreSpec,
  type DropReason,
  type Lookup,
  type NodeId,
  StateError,
  type Store,
} from '@kstreams/core/graph';
import type { TimerRows } from '@kstreams/core/state';
import type { AsyncWork } from '../async/async-work.js';
import type { Scope } from '../compile/scope.js';
import type { Agenda } from './agenda.js';
import { firstWallTime } from './first-wall-time.js';
import type { Idleness } from './idleness.js';
import type { RecordJournal } from './journal.js';
import type { Release } from './releases.js';
import { type Outlet, sinkProcess } from './sink.js';
import type { SourceInHand } from './source-in-hand.js';
import type { TaskStores } from './stores/task-stores.js';
import { TimerLine } from './timer-line.js';
import type { Watch } from './watch.js';

/** What the nodes of a task share, and where it comes from. */
export interface TaskScopeOptions {
  readonly application: string;
  readonly id: string;
  readonly subtopology: number;
  readonly partition: number;
  readonly stores: TaskStores;
  readonly globalStore: (spec: AnyStoreSpec) => Store | undefined;
  readonly globalLookup: (node: NodeId) => Lookup<unknown, unknown>;
  readonly outlet: Outlet;
  readonly journal: RecordJournal;
  readonly now: () => number;
  readonly dropped: (node: NodeId, reason: DropReason, task: string) => void;
  readonly requestCommit: () => void;
  readonly watch?: Watch;
}

/** The clocks, coordinates and schedules that a task moves on while its nodes look at them. */
export interface Moving {
  readonly time: { stream: number; wall: number };
  readonly source: SourceInHand;
  readonly clocks: Agenda['clocks'];
  readonly idleness: Idleness;
  readonly releases: Release[];
}

/** The scope of a task's nodes, above its async stages and behind them. */
export const taskScope = (
  options: TaskScopeOptions,
  moving: Moving,
  async?: { readonly work: AsyncWork; readonly behind: Agenda['clocks'] },
): Scope => {
  const calls: Scope['calls'] = (node, doing, done) => {
    if (async !== undefined) return async.work.stage(node, doing, done);
    throw new StateError(`node "${node}" asks for calls and does not say how they may overlap: declare it async`);
  };
  const fired = new Map<AnyStoreSpec, NodeId>();
  const above = { ...openScope(options, moving, fired), calls };
  if (async === undefined) return above;
  const { time } = moving;
  const { behind: clocks, work } = async;
  const timeBehind = {
    get stream() {
      return work.time(time.stream);
    },
    get wall() {
      return time.wall;
    },
  };
  const clock: Scope['clock'] = (node, moved) => work.clock(node, moved);
  const behind = openScope(options, { ...moving, time: timeBehind, clocks }, fired);
  return { ...above, behind: { ...behind, calls, clock } };
};

const openScope = (
  options: TaskScopeOptions,
  moving: Moving,
  fired: Map<AnyStoreSpec, NodeId>,
): Omit<Scope, 'calls'> => {
  const { application, id, journal, now, stores, watch } = options;
  const outlet = whenKept(watched(options.outlet, watch), journal);
  const storeOf = (spec: AnyStoreSpec): Store => {
    const store = stores.get(spec) ?? options.globalStore(spec);
    if (store !== undefined) return store;
    throw new StateError(`store "${spec.name}" is not connected to this node: list it among the node's stores`);
  };
  return {
    id,
    subtopology: options.subtopology,
    partition: options.partition,
    time: moving.time,
    source: moving.source,
    store: storeOf,
    globalLookup: options.globalLookup,
    sink: (node) => sinkProcess(application, node, outlet),
    schedule: (node, interval, clock, anchor, call) => {
      const first = clock === 'stream' ? (anchor ?? 0) : firstWallTime(now(), interval, anchor);
      const cancel = moving.clocks[clock].add(node, first, interval, call);
      journal.undo?.(cancel);
      return cancel;
    },
    clock: () => (timestamp) => timestamp,
    timers: (node, spec, fire) => {
      const rows = storeOf(spec) as TimerRows<unknown, unknown>;
      const first = fired.get(spec);
      if (first !== undefined)
        throw new StateError(`timers "${spec.name}" are fired by "${first}" already: ask for them with store`, {
          node,
        });
      fired.set(spec, node);
      moving.clocks[spec.clock].addTimers(new TimerLine(node, rows, fire));
      return rows;
    },
    onIdle: (node, after, call) => {
      const cancel = moving.idleness.add(node, after, call);
      journal.undo?.(cancel);
      return cancel;
    },
    drop: (node, reason) =>
      journal.whenKept(() => {
        options.dropped(node, reason, id);
        watch?.dropped(node, reason);
      }),
    watch,
    commit: options.requestCommit,
    onClose: (release) => moving.releases.push(release),
  };
};

/** An outlet that is watched, where somebody does. */
const watched = (outlet: Outlet, watch: Watch | undefined): Outlet =>
  watch === undefined
    ? outlet
    : {
        partitions: (topic) => outlet.partitions(topic),
        send: (record) => {
          outlet.send(record);
          watch.sent(record);
        },
      };

/** An outlet through which a record's output leaves only once the record is done. */
const whenKept = (outlet: Outlet, journal: RecordJournal): Outlet => ({
  partitions: (topic) => outlet.partitions(topic),
  send: (record) => {
    if (journal.undo === undefined) outlet.send(record);
    else journal.whenKept(() => outlet.send(record));
  },
});
