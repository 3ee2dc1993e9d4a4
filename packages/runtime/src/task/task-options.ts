import type { Clock, OnError, Subtopology } from '@kstreams/core/graph';
import type { CallLimits } from '../async/call-limits.js';
import type { FailedSends } from './failed-sends.js';
import type { TaskScopeOptions } from './task-scope.js';

/** What a task is made of. */
export interface TaskOptions extends Omit<TaskScopeOptions, 'id' | 'subtopology' | 'now'> {
  readonly subtopology: Subtopology;
  readonly clock: Clock;
  /** True when records must be taken back on a failure: an error policy is set, or a store is slow. */
  readonly journaled: boolean;
  readonly onError: OnError;
  /** The output that the log refused, where there is a policy to judge it. */
  readonly failedSends?: FailedSends | undefined;
  /** The task should have a turn, since calls have ended. */
  readonly wake: () => void;
  /** How many calls each stage may have in flight, where tasks share that. */
  readonly limits?: CallLimits;
}

/** What came of an attempt to process a record. */
export type Step =
  /** A record is done: processed, skipped or sent to its dead letters. */
  | 'done'
  /** Nothing is ready, or no more may be taken in until calls have ended. */
  | 'idle'
  /** The record waits: for a retry, for a value that is not loaded yet (see `pending`), or for a commit. */
  | 'waiting';

/** The name of a task: its sub-topology's number and its partition. */
export const taskId = (subtopology: Subtopology, partition: number): string => `${subtopology.id}_${partition}`;
