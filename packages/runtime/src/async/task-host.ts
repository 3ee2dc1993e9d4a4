import type { Clock, Journal, NodeId, OnError, Received } from '@kstreams/core/graph';
import type { CounterSet } from '../telemetry/counter-set.js';

/** The parts of a task that its async stages use. */
export interface TaskHost {
  readonly clock: Clock;
  readonly journal: Journal & { readonly rollsBack: boolean };
  /** Counts the records of retried calls by node. */
  readonly retries: CounterSet<'kstreams.node'>;
  /** Wakes the worker after calls have ended. */
  wake(): void;
  /** True while the task is parked or waits for a retry, at a monotonic time. */
  waiting(now: number): boolean;
  /** Runs work for a record, or for a punctuation without one. Returns `again` when the same work has to be repeated. */
  run(node: NodeId, record: Received | undefined, work: () => void): 'done' | 'again';
  /** Passes a failed call to the error policy. Returns the delay before its retry in ms; `undefined` for no retry. */
  judgeCall(
    error: unknown,
    node: NodeId,
    record: Received | undefined,
    attempt: number,
    policy?: OnError,
  ): number | undefined;
  /** Deletes the rows that have ended, before a result is processed. Returns false when a call has to be repeated. */
  expire(): boolean;
  /** Advances everything that follows the stream time behind the stages. */
  advanceTime(): void;
}
