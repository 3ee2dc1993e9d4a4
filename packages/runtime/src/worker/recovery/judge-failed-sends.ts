import { type OnError, ProductionError, reasonOf, toMilliseconds } from '@kstreams/core/graph';
import { decide } from '../../task/decide.js';
import { decisionName } from '../../task/error-policy.js';
import type { FailedPunctuationSend, FailedSends } from '../../task/failed-sends.js';
import type { Metrics } from '../../telemetry/metrics.js';
import type { RecordDroppedEvent } from '../../telemetry/record-dropped-event.js';

/** Options for judging refused output. */
export interface JudgementOptions {
  readonly failedSends: FailedSends;
  readonly onError: OnError;
  /** True when the log refuses the record sent alone; a broker refuses whole batches. */
  readonly refuses: (record: FailedPunctuationSend['record']) => Promise<boolean>;
  readonly metrics: Metrics;
  readonly emit: (event: RecordDroppedEvent) => void;
}

/**
 * Applies the error policy to refused output of schedules and timers. No record caused it, so `skip` and `deadLetter` leave
 * out the output itself. Resolves to the longest `retryAfter` of the decisions, in ms; throws where the policy fails.
 */
export const judgeFailedSends = async (
  calls: readonly FailedPunctuationSend[],
  { emit, failedSends, metrics, onError, refuses }: JudgementOptions,
): Promise<number> => {
  let wait = 0;
  for (const call of calls) {
    const { caller, topic } = call.record;
    if (!(await refuses(call.record))) continue;
    const error = new ProductionError(`topic "${topic}" refused a record: ${reasonOf(call.error)}`, caller, call.error);
    const attempt = failedSends.attempt(call);
    const decision = decide(onError, { kind: 'production', error, record: undefined, attempt });
    metrics.judged(caller.node, 'production', decisionName(decision));
    if (decision === 'fail') throw error;
    if (decision !== 'skip' && 'retryAfter' in decision) {
      wait = Math.max(wait, toMilliseconds(decision.retryAfter, "the error policy's `retryAfter`"));
      continue;
    }
    failedSends.skipOnce(call);
    metrics.dropped(caller.node, 'skipped-by-policy', emit);
  }
  return wait;
};
