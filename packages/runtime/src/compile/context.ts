import {
  type AnyContext,
  type AnyProcess,
  type AnyStoreSpec,
  type ClockKind,
  ConfigError,
  type Lookup,
  type NodeId,
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
    schedule: (interval, clock, punctuate, options = {}) =>
      scope.schedule(
        node,
        toPositiveMilliseconds(interval, `the interval of node "${node}"`),
        checkClock(node, clock),
        checkAnchor(node, options.anchor),
        synchronous(`a schedule of "${node}"`, punctuate),
      ),
    timers: (spec, fire) =>
      scope.timers(
        node,
        spec as TimersSpec<unknown, unknown>,
        synchronous(`a timer of "${node}"`, fire as FireTimer),
      ) as never,
    onIdle: (after, act) =>
      scope.onIdle(
        node,
        toPositiveMilliseconds(after, `the idle time of node "${node}"`),
        synchronous(`an idle call of "${node}"`, act),
      ),
    onCaughtUp: (due, act) => scope.onCaughtUp(node, due, synchronous(`a call of "${node}"`, act)),
    clock: (moved) => scope.clock(node, moved),
    calls: (work, done) => scope.calls(node, work as never, done as never),
    drop: (reason) => scope.drop(node, reason),
    commit: () => scope.commit(),
    onClose: (release) => scope.onClose(release),
  };
};

const checkClock = (node: NodeId, clock: ClockKind): ClockKind => {
  if (clock === 'stream' || clock === 'wall') return clock;
  throw new ConfigError(`the clock of node "${node}" is ${JSON.stringify(clock)}: use 'stream' or 'wall'`);
};

const checkAnchor = (node: NodeId, anchor: number | undefined): number | undefined => {
  if (anchor === undefined || Number.isSafeInteger(anchor)) return anchor;
  throw new ConfigError(`the anchor of node "${node}" is ${String(anchor)}: write whole milliseconds since 1970`);
};
