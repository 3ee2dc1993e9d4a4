import type { OnError } from './error-policy.js';
import type { StreamRecord } from './record.js';

/**
 * Which calls of an async stage wait for each other: those of records with equal keys, all of a partition, or none.
 * Results leave in the same order in which their calls were free to begin.
 */
export type CallOrder = 'key' | 'partition' | 'none';

/** What an async stage declares: how its calls may overlap, fail and pile up. Lengths of time are in ms. */
export interface AsyncStage {
  readonly order: CallOrder;
  /** How many calls are in flight at most, in the whole process. */
  readonly concurrency: number;
  /** How many calls begin at most within any second, in the whole process. */
  readonly perSecond?: number;
  /** How long a call may take before it is aborted and counts as failed. */
  readonly timeout?: number;
  /** How often a record is tried, the first time included. */
  readonly attempts: number;
  /** How long a record waits after its attempt of this number, counted from 1, failed. */
  readonly backoff: (attempt: number) => number;
  /** How much a task takes in before it waits for results. */
  readonly buffer: { readonly records: number; readonly bytes: number };
  /** Set where one call serves several records. */
  readonly batch?: BatchLimits;
  /** A primitive that tells keys apart; needed where calls are in the order of keys. */
  readonly keyId?: (key: unknown) => unknown;
  /** True when what a call did is applied with its result, so that the next of its key begins only then. */
  readonly stateful?: boolean;
  /** Judges a record whose last attempt failed, instead of the application's own policy. */
  readonly onError?: OnError;
}

/** When the records of a batch are enough. */
export interface BatchLimits {
  readonly maxSize: number;
  /** How long the first record waits for others, in ms; 0: until the records at hand have all come. */
  readonly maxWait: number;
  /** The bytes of keys and values as they were read. */
  readonly maxBytes: number;
}

/** What a function that waits is given beside its record. */
export interface AsyncCall {
  /** Fires when the result is not wanted any more: after the timeout, when the partition moves on, when all closes. */
  readonly signal: AbortSignal;
  /** How often this was tried, this time included, from 1. */
  readonly attempt: number;
}

/** What an async stage calls: for one record, or for several, whose results come in the same order, an `Error` for each that failed. */
export type CallWork<K, V, R> =
  | { readonly one: (record: StreamRecord<K, V>, call: AsyncCall) => R | PromiseLike<R> }
  | {
      readonly many: (
        records: readonly StreamRecord<K, V>[],
        call: AsyncCall,
      ) => PromiseLike<readonly (R | Error)[]> | readonly (R | Error)[];
    };
