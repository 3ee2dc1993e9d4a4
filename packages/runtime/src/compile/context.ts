import {
  type AnyContext,
  type AnyProcess,
  type AnyStoreSpec,
  type ClockKind,
  ConfigError,
  checkCall,
  checkFunctions,
  type Lookup,
  type NodeId,
  type OptionChecks,
  option,
  type ScheduleOptions,
  synchronous,
  type TimersSpec,
  TopologyError,
  toPositiveMilliseconds,
} from '@kstreams/core/graph';
import type { FireTimer, Scope } from './scope.js';

/** A child of a node. */
export interface Child {
  readonly id: NodeId;
  readonly process: AnyProcess;
  /** True for a child that is reached by name only. */
  readonly sideOutput: boolean;
}

/** Returns the processes of children, without those reached by name only. */
export const unconditional = (children: readonly Child[]): readonly AnyProcess[] =>
  children.filter(({ sideOutput }) => !sideOutput).map(({ process }) => process);

/** Returns a process that calls all children in order, without those reached by name only. A single child is returned as is. */
export const fanOut = (children: readonly Child[]): AnyProcess => {
  const processes = unconditional(children);
  const [first, second] = processes as [AnyProcess, AnyProcess];
  if (processes.length === 0) return nothing;
  if (processes.length === 1) return first;
  if (processes.length === 2) {
    return (record) => {
      first(record);
      second(record);
    };
  }
  return (record) => {
    for (const process of processes) process(record);
  };
};

/** A process that does nothing. */
export const nothing: AnyProcess = () => {};

/** Returns the context of a processor: its children, its lookups and its task. */
export const nodeContext = (
  node: NodeId,
  forward: AnyProcess,
  children: readonly Child[],
  lookup: (index: number) => Lookup<unknown, unknown>,
  scope: Scope,
): AnyContext => {
  const child = (name: string): AnyProcess => {
    const found = children.find(({ id }) => id === name);
    if (found !== undefined) return found.process;
    const known = children.map(({ id }) => `"${id}"`).join(', ') || 'none';
    throw new TopologyError(`node "${node}" has no child "${name}": forward to one of ${known}`, { node });
  };
  return {
    forward,
    child,
    forwardTo: (name, record) => child(name)(record),
    time: scope.time,
    source: scope.source,
    task: { id: scope.id, subtopology: scope.subtopology, partition: scope.partition },
    store: (spec) => scope.store(spec as AnyStoreSpec) as never,
    lookup: (index) => lookup(index) as never,
    schedule: (interval, clock, punctuate, options = {}) => {
      checkCall(`schedule in node "${node}"`, { punctuate }, options, scheduleChecks);
      const length = toPositiveMilliseconds(interval, `the interval of node "${node}"`);
      const act = synchronous(`a schedule of "${node}"`, punctuate);
      return scope.schedule(node, length, checkClock(node, clock), options.anchor, act);
    },
    timers: (spec, fire) => {
      checkFunctions(`timers in node "${node}"`, { fire });
      const act = synchronous(`a timer of "${node}"`, fire as FireTimer);
      return scope.timers(node, spec as TimersSpec<unknown, unknown>, act) as never;
    },
    onExpiry: (spec, act) => {
      checkFunctions(`onExpiry in node "${node}"`, { act });
      const followed = synchronous(`a function for ended rows of "${node}"`, act as (...ended: unknown[]) => void);
      scope.onExpiry(node, spec, followed);
    },
    onIdle: (after, act) => {
      checkFunctions(`onIdle in node "${node}"`, { act });
      const length = toPositiveMilliseconds(after, `the idle time of node "${node}"`);
      return scope.onIdle(node, length, synchronous(`an idle call of "${node}"`, act));
    },
    onCaughtUp: (due, act) => {
      checkFunctions(`onCaughtUp in node "${node}"`, { due, act });
      return scope.onCaughtUp(node, due, synchronous(`a call of "${node}"`, act));
    },
    clock: (advanced) => {
      if (advanced !== undefined) checkFunctions(`clock in node "${node}"`, { advanced });
      return scope.clock(node, advanced);
    },
    calls: (work, done) => {
      checkFunctions(`calls in node "${node}"`, { done });
      return scope.calls(node, work as never, done as never);
    },
    drop: (reason, late) => scope.drop(node, reason, late),
    commit: () => scope.commit(),
    onClose: (release) => {
      checkFunctions(`onClose in node "${node}"`, { release });
      scope.onClose(release);
    },
  };
};

const checkClock = (node: NodeId, clock: ClockKind): ClockKind => {
  if (clock === 'stream' || clock === 'wall') return clock;
  throw new ConfigError(`the clock of node "${node}" is ${JSON.stringify(clock)}: use 'stream' or 'wall'`);
};

const scheduleChecks: OptionChecks<ScheduleOptions> = { anchor: option.instant };
