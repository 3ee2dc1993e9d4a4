import type { NodeId, Received } from '@kstreams/core/graph';

/** A scheduled callback of a node that fired. */
export interface DueCall {
  /** The node's id and the callback's number within the node. */
  readonly id: string;
  /** The due time on the wall clock, in ms; 0 if unknown. */
  readonly due: number;
  /** The time passed to the callback, in ms. */
  readonly at: number;
}

/**
 * The cause of work without a record: stream time (which also fires schedules at a restart), wall-clock time, an upcoming
 * commit, or an idle source.
 */
export type Trigger = 'stream' | 'wall' | 'commit' | 'idle';

/** One synchronous piece of a task's work; `wall` is the wall-clock time that its nodes saw, in ms. */
export type TaskStep = { readonly wall: number } & (
  | { readonly kind: 'record'; readonly record: Received }
  /** The result of an async call; `entry` counts the records that entered the stage before it since the last commit. */
  | { readonly kind: 'result'; readonly node: NodeId; readonly entry: number; readonly value: unknown }
  | { readonly kind: Trigger; readonly calls: readonly DueCall[] }
);

/** The steps of a task that one commit made final, in the order in which they ran. */
export type CommittedSteps = readonly TaskStep[];
