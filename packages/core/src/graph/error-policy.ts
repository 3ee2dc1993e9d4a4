import type { Duration } from './duration.js';
import type { StreamsError } from './errors.js';
import type { Received } from './transport.js';

/** The step in which a record failed. */
export type FailureKind = 'deserialisation' | 'processing' | 'production' | 'punctuation';

/** A failure for the error policy to decide about. */
export interface Failure {
  readonly kind: FailureKind;
  /** Has node, task, topic, partition and offset in `location` and the thrown error as `cause`. */
  readonly error: StreamsError;
  /** The record as it was read; `undefined` for a punctuation and its failed sends. */
  readonly record: Received | undefined;
  /** The number of this attempt, from 1; for a `production` failure, the number of failed sends. */
  readonly attempt: number;
}

/**
 * The decision about a failure: the worker fails, the record is skipped, it goes to a dead-letter topic, or it is retried
 * after a pause of its task. All output, store writes and schedules of a skipped or retried record are rolled back.
 */
export type Decision = 'fail' | 'skip' | { readonly deadLetter: string } | { readonly retryAfter: Duration };

/**
 * Decides about failures. Without a policy every failure fails the worker.
 *
 * @example
 * const onError: OnError = ({ kind, attempt }) =>
 *   kind === 'deserialisation' ? { deadLetter: 'broken' } : attempt < 3 ? { retryAfter: '1s' } : 'fail'
 */
export type OnError = (failure: Failure) => Decision;
