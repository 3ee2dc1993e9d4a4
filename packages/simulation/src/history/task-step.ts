import type { NodeId, Received } from '@kstreams/core/graph';

/** A punctuation: a schedule, a timer, the end of a row, or a call of an idle task or one that has caught up. */
export interface Punctuation {
  /** The node's id and the number of the schedule, of the timers, of the ends or of the call within the node. */
  readonly id: string;
  /** The time passed to the callback, in ms. */
  readonly at: number;
  /** The key of a timer or row. */
  readonly key?: unknown;
}

/** One synchronous piece of a task's work; `wall` is the wall-clock time that its nodes saw, in ms. */
export type TaskStep = { readonly wall: number } & (
  | { readonly kind: 'record'; readonly record: Received }
  /** The result of an async call; `entry` counts the records that entered the stage before it since the last commit. */
  | { readonly kind: 'result'; readonly node: NodeId; readonly entry: number; readonly value: unknown }
  | { readonly kind: 'punctuation'; readonly punctuation: Punctuation }
);

/** The steps of a task that one commit made final, in the order in which they ran. */
export type CommittedSteps = readonly TaskStep[];
