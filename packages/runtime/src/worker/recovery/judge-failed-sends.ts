import {
  type DropReason,
  type NodeId,
  type OnError,
  ProductionError,
  reasonOf,
  toMilliseconds,
} from '@kstreams/core/graph';
import type { FailedPunctuationSend, FailedSends } from '../../task/failed-sends.js';

/** What refused output of calls is judged with. */
export interface JudgementOptions {
  readonly failedSends: FailedSends;
  readonly onError: OnError;
  /** Whether the log refuses the record by itself, too: a broker refuses whole batches. */
  readonly refuses: (record: FailedPunctuationSend['record']) => Promise<boolean>;
  readonly dropped: (node: NodeId, reason: DropReason) => void;
}

/**
 * Lets the error policy judge output of schedules and timers that the log refused. There is no record that could be skipped
 * or become a dead letter: what is left out is the output. Answers how long to wait before going on, in ms; throws what
 * the policy lets fail.
 */
export const judgeFailedSends = async (
  calls: readonly FailedPunctuationSend[],
  { dropped, onError, failedSends, refuses }: JudgementOptions,
): Promise<number> => {
  let wait = 0;
  for (const call of calls) {
    const { caller, topic } = call.record;
    if (!(await refuses(call.record))) continue;
    const error = new ProductionError(`topic "${topic}" refused a record: ${reasonOf(call.error)}`, caller, call.error);
    const decision = onError({ kind: 'production', error, record: undefined, attempt: failedSends.attempt(call) });
    if (decision === 'fail') throw error;
    if (decision !== 'skip' && 'retryAfter' in decision) {
      wait = Math.max(wait, toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`"));
      continue;
    }
    failedSends.skipOnce(call);
    dropped(caller.node, 'skipped-by-policy');
  }
  return wait;
};
