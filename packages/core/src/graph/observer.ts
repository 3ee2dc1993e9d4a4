import type { DropReason, RecordSource } from './context.js';
import type { NodeId } from './node.js';
import type { StreamRecord } from './record.js';
import type { AnyStoreSpec, RowEvent } from './store.js';
import type { Outgoing } from './transport.js';

/** A task as an observer sees it: the same object while the task is open. The global tables of a process are one, `global`. */
export interface ObservedTask {
  readonly id: string;
  readonly subtopology: number;
  readonly partition: number;
  /** The position of the current record; none in a punctuation, as in `Context.source`. Updated as the task proceeds. */
  readonly source: RecordSource;
  /** The clocks, in ms. Updated as the task proceeds. */
  readonly time: { readonly stream: number; readonly wall: number };
}

/** An edge between two nodes in one task: the same object while the task is open. */
export interface ObservedEdge {
  readonly task: ObservedTask;
  readonly from: NodeId;
  readonly to: NodeId;
}

/** A store in one task: the same object while the task is open. */
export interface ObservedStore {
  readonly task: ObservedTask;
  readonly spec: AnyStoreSpec;
}

/** A read or write of a row, with the node that did it; the last active node when timers are cleared. */
export interface ObservedRow extends RowEvent {
  readonly node: NodeId;
}

/**
 * Observes the work inside tasks, for metrics, traces, inspectors and playgrounds. All members are optional and cost
 * nothing when absent. They are called synchronously during the observed work and must not change what they are given. An
 * error that they throw fails the active node.
 *
 * @example
 * const hops = new Map<ObservedEdge, number>()
 * await start(shop, { observer: { forwarded: (edge) => hops.set(edge, (hops.get(edge) ?? 0) + 1) } })
 */
export interface Observer {
  /** A task was opened: its stores are up to date and its nodes ready. */
  readonly opened?: (task: ObservedTask) => void;
  /** A task begins with a record from a source node, or with a punctuation of a node. */
  readonly began?: (task: ObservedTask, work: 'record' | 'punctuation', node: NodeId) => void;
  /** A record was forwarded along an edge; `to` has not processed it yet. */
  readonly forwarded?: (edge: ObservedEdge, record: StreamRecord<unknown, unknown>) => void;
  /** A node has processed a record from an edge, and so have all nodes below it. */
  readonly processed?: (edge: ObservedEdge, record: StreamRecord<unknown, unknown>) => void;
  /** A row was read or written. */
  readonly row?: (store: ObservedStore, row: ObservedRow) => void;
  /** A record was dropped. Called after the record that caused it was kept, as `sent` is. */
  readonly dropped?: (task: ObservedTask, node: NodeId, reason: DropReason) => void;
  /** A record was sent to a topic. Changelog records are not reported: `row` covers them. */
  readonly sent?: (task: ObservedTask, record: Outgoing) => void;
  /** The current work has ended: its effects were kept, or rolled back because it failed or must wait. */
  readonly ended?: (task: ObservedTask, outcome: 'kept' | 'rolled-back') => void;
  /** All work of a task so far was committed. */
  readonly committed?: (task: ObservedTask) => void;
  /** A task was closed. */
  readonly closed?: (task: ObservedTask) => void;
}

/** Combines observers into one that calls them in order. */
export const observers = (...all: readonly Observer[]): Observer => {
  const [first, ...others] = all;
  return others.reduce(both, first ?? {});
};

const both = (one: Observer, other: Observer): Observer => {
  const merged: Record<string, unknown> = { ...one, ...other };
  for (const name of Object.keys(one) as (keyof Observer)[]) {
    const [first, second] = [one[name], other[name]] as [Observe | undefined, Observe | undefined];
    if (first === undefined || second === undefined) merged[name] = first ?? second;
    else {
      merged[name] = (...event: unknown[]) => {
        first(...event);
        second(...event);
      };
    }
  }
  return merged as Observer;
};

type Observe = (...event: unknown[]) => void;
