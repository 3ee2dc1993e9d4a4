import type { OnError } from './error-policy.js';
import type { StreamRecord } from './record.js';

/**
 * The order of an async stage's calls: one at a time per key, one at a time per partition, or none. Results are forwarded
 * in the order in which their calls could start.
 */
export type CallOrder = 'key' | 'partition' | 'none';

/** Order, concurrency, retries and limits of an async stage. Durations are in ms. */
export interface AsyncStage {
  readonly order: CallOrder;
  /** The maximum number of calls in flight in the whole process. */
  readonly concurrency: number;
  /** The maximum number of calls that start within any second, in the whole process. */
  readonly perSecond?: number;
  /** The time after which a call is aborted and counts as failed. */
  readonly timeout?: number;
  /** The number of attempts per record, including the first. */
  readonly attempts: number;
  /** Returns the pause after a failed attempt; `attempt` counts from 1. */
  readonly backoff: (attempt: number) => number;
  /** The most records and bytes that a task has in flight; at the limit it waits for results. */
  readonly buffer: { readonly records: number; readonly bytes: number };
  /** Set when one call handles several records. */
  readonly batch?: BatchLimits;
  /** Returns a primitive that identifies a key; needed with the order `'key'`. */
  readonly keyId?: (key: unknown) => unknown;
  /** True when the state that a call changed is applied with its result; the next call of its key starts after that. */
  readonly stateful?: boolean;
  /** Decides about a record after its last attempt failed. The application's policy decides unless set. */
  readonly onError?: OnError;
  /** The topics that `onError` sends dead letters to. */
  readonly deadLetters?: readonly string[];
}

/** The limits of a batch, and its calls after a failure. */
export interface BatchLimits {
  readonly maxSize: number;
  /** The time that the first record waits for others, in ms; with 0, until the polled records have been read. */
  readonly maxWait: number;
  /** The maximum bytes of keys and values, as they were read. */
  readonly maxBytes: number;
  /** True to call again for the halves of a failed batch, until the failing records are alone. */
  readonly bisectOnError: boolean;
}

/** The current call of an async function. */
export interface AsyncCall {
  /** Aborted when the result is no longer needed: after the timeout, a rebalance or a close. */
  readonly signal: AbortSignal;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
}

/**
 * The function of an async stage, for one record or for several. With several, it returns their results in order, with an
 * `Error` for each failed record.
 */
export type CallWork<K, V, R> =
  | { readonly one: (record: StreamRecord<K, V>, call: AsyncCall) => R | PromiseLike<R> }
  | {
      readonly many: (
        records: readonly StreamRecord<K, V>[],
        call: AsyncCall,
      ) => PromiseLike<readonly (R | Error)[]> | readonly (R | Error)[];
    };
