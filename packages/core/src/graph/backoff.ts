import { checkOptions, checkValue } from './check-options.js';
import { type Duration, toMilliseconds } from './duration.js';
import { type OptionChecks, option } from './option.js';

/** The bounds of growing pauses. */
export interface BackoffOptions {
  /** The pause after the first attempt; `'100ms'` unless set. */
  readonly first?: Duration;
  /** The longest pause; `'30s'` unless set. */
  readonly longest?: Duration;
}

const checks: OptionChecks<BackoffOptions> = { first: option.duration, longest: option.duration };

/**
 * Returns the pause after a number of attempts, in ms: doubled with each attempt, up to a bound. For the `retryAfter` of an
 * error policy.
 *
 * @example
 * const onError: OnError = ({ attempt }) => (attempt <= 5 ? { retryAfter: backoff(attempt) } : 'fail')
 */
export const backoff = (attempt: number, options: BackoffOptions = {}): number => {
  checkValue('"attempt" of backoff', attempt, option.whole(1));
  checkOptions('backoff', options, checks);
  const { first = 100, longest = '30s' } = options;
  return Math.min(
    toMilliseconds(longest, 'the longest pause of a backoff'),
    toMilliseconds(first, 'the first pause of a backoff') * 2 ** (attempt - 1),
  );
};
