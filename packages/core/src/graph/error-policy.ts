import type { Duration } from './duration.js';
import type { StreamsError } from './errors.js';
import type { Received } from './transport.js';

/** In which of its steps a record failed. */
export type FailureKind = 'deserialisation' | 'processing' | 'production' | 'punctuation';

/** What failed, for the error policy to judge. */
export interface Failure {
  readonly kind: FailureKind;
  /** With node, task, topic, partition and offset in `place`, and what was thrown as `cause`. */
  readonly error: StreamsError;
  /** The record as it was read; a punctuation has none, nor has what the log refused of its output. */
  readonly record: Received | undefined;
  /** How often this record has been tried, from 1; of a `production` failure, how often its output was refused. */
  readonly attempt: number;
}

/**
 * What becomes of a failure: the worker fails, the record is skipped, it goes to a dead-letter topic, or it is tried
 * again after a while, during which its task rests. A skipped or retried record leaves nothing behind: no output, no
 * store write, no schedule.
 */
export type Decision = 'fail' | 'skip' | { readonly deadLetter: string } | { readonly retryAfter: Duration };

/**
 * Judges failures. Without one every failure fails.
 *
 * @example
 * const onError: OnError = ({ kind, attempt }) =>
 *   kind === 'deserialisation' ? { deadLetter: 'broken' } : attempt < 3 ? { retryAfter: '1s' } : 'fail'
 */
export type OnError = (failure: Failure) => Decision;
