import { ConfigError, type Decision, type Failure, isPromise, type OnError, option } from '@kstreams/core/graph';

const decisions = option.oneOf<Decision>(
  'fail',
  'skip',
  { deadLetter: option.required(option.text) },
  { retryAfter: option.required(option.duration) },
);

/**
 * Returns the decision of an error policy about a failure.
 *
 * @throws ConfigError, with the failure as its cause, for anything but a decision.
 */
export const decide = (onError: OnError, failure: Failure): Decision => {
  const decision: unknown = onError(failure);
  if (isDecision(decision)) return decision;
  const returned = isPromise(decision) ? 'a promise' : (JSON.stringify(decision) ?? String(decision));
  throw new ConfigError(
    `the error policy returned ${returned}: return ${decisions.takes}; the failure was: ${failure.error.message}`,
    failure.error,
  );
};

const isDecision = (decision: unknown): decision is Decision => {
  if (!decisions.accepts(decision) || isPromise(decision)) return false;
  return typeof decision === 'string' || 'deadLetter' in (decision as object) || 'retryAfter' in (decision as object);
};
