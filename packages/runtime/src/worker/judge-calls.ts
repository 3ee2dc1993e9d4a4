import {
  type DropReason,
  type NodeId,
  type OnError,
  ProductionError,
  reasonOf,
  toMilliseconds,
} from '@kstreams/core/graph';
import type { Refusals, RefusedCall } from '../task/refusals.js';

/** What refused output of calls is judged with. */
export interface CallJudgement {
  readonly refusals: Refusals;
  readonly onError: OnError;
  /** Whether the log refuses the record by itself, too: a broker refuses whole batches. */
  readonly refuses: (record: RefusedCall['record']) => Promise<boolean>;
  readonly dropped: (node: NodeId, reason: DropReason) => void;
}

/**
 * Lets the error policy judge output of schedules and timers that the log refused. There is no record that could be skipped
 * or become a dead letter: what is left out is the output. Answers how long to wait before going on, in ms; throws what
 * the policy lets fail.
 */
export const judgeCalls = async (
  calls: readonly RefusedCall[],
  { dropped, onError, refusals, refuses }: CallJudgement,
): Promise<number> => {
  let wait = 0;
  for (const call of calls) {
    const { caller, topic } = call.record;
    if (!(await refuses(call.record))) continue;
    const error = new ProductionError(`topic "${topic}" refused a record: ${reasonOf(call.error)}`, caller, call.error);
    const decision = onError({ kind: 'production', error, record: undefined, attempt: refusals.attempt(call) });
    if (decision === 'fail') throw error;
    if (decision !== 'skip' && 'retryAfter' in decision) {
      wait = Math.max(wait, toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`"));
      continue;
    }
    refusals.leaveOut(call);
    dropped(caller.node, 'skipped-by-policy');
  }
  return wait;
};
