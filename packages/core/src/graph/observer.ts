import type { DropReason, RecordSource } from './context.js';
import type { NodeId } from './node.js';
import type { StreamRecord } from './record.js';
import type { AnyStoreSpec, RowTouch } from './store.js';
import type { Outgoing } from './transport.js';

/** A task as an observer sees it: the same object for as long as the task is open. */
export interface ObservedTask {
  readonly id: string;
  readonly subtopology: number;
  readonly partition: number;
  /** Where the record in hand was read; in a punctuation, the last one. Moves on with the task. */
  readonly source: RecordSource;
  /** The clocks, in ms. Move on with the task. */
  readonly time: { readonly stream: number; readonly wall: number };
}

/** A way from one node to another in one task: the same object for as long as the task is open. */
export interface ObservedEdge {
  readonly task: ObservedTask;
  readonly from: NodeId;
  readonly to: NodeId;
}

/** A store in one task: the same object for as long as the task is open. */
export interface ObservedStore {
  readonly task: ObservedTask;
  readonly spec: AnyStoreSpec;
}

/** A row that was read or written, and by which node; the last node at work where none is, as when timers are cleared. */
export interface ObservedRow extends RowTouch {
  readonly node: NodeId;
}

/**
 * Sees what happens inside tasks: for metrics, traces, inspectors and playgrounds. Every member may be left out; what
 * nobody observes costs nothing. They are called synchronously, within the work they tell of: what is handed to them is
 * not theirs to change, and what they throw is a failure of the node at work.
 *
 * @example
 * const hops = new Map<ObservedEdge, number>()
 * await start(shop, { observer: { handed: (edge) => hops.set(edge, (hops.get(edge) ?? 0) + 1) } })
 */
export interface Observer {
  /** A task was opened: its stores are up to date and its nodes ready. */
  readonly opened?: (task: ObservedTask) => void;
  /** A task begins with a record that a source node has read, or with a punctuation of a node. */
  readonly began?: (task: ObservedTask, work: 'record' | 'punctuation', node: NodeId) => void;
  /** A record is handed over; `to` has not seen it yet. */
  readonly handed?: (edge: ObservedEdge, record: StreamRecord<unknown, unknown>) => void;
  /** The node is done with the record that was handed to it, and so is all that follows from it. */
  readonly returned?: (edge: ObservedEdge, record: StreamRecord<unknown, unknown>) => void;
  /** A row was read or written. */
  readonly row?: (store: ObservedStore, row: ObservedRow) => void;
  /** A record was dropped. Told once it is sure, as `sent` is. */
  readonly dropped?: (task: ObservedTask, node: NodeId, reason: DropReason) => void;
  /** A record was given to the log. Changelog records are not told of: `row` tells of what is in them. */
  readonly sent?: (task: ObservedTask, record: Outgoing) => void;
  /** What was begun is over: it stands, or was taken back with all that it did, because it failed or has to wait. */
  readonly ended?: (task: ObservedTask, outcome: 'kept' | 'taken-back') => void;
  /** What a task did so far is committed. */
  readonly committed?: (task: ObservedTask) => void;
  /** A task was closed. */
  readonly closed?: (task: ObservedTask) => void;
}

/** Several observers as one, called in their order. */
export const observers = (...all: readonly Observer[]): Observer => {
  const [first, ...others] = all;
  return others.reduce(both, first ?? {});
};

const both = (one: Observer, other: Observer): Observer => {
  const merged: Record<string, unknown> = { ...one, ...other };
  for (const name of Object.keys(one) as (keyof Observer)[]) {
    const [first, second] = [one[name], other[name]] as [Tell | undefined, Tell | undefined];
    if (first === undefined || second === undefined) merged[name] = first ?? second;
    else {
      merged[name] = (...told: unknown[]) => {
        first(...told);
        second(...told);
      };
    }
  }
  return merged as Observer;
};

type Tell = (...told: unknown[]) => void;
