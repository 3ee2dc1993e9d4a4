import type { AsyncStage, BatchLimits, CallOrder } from '../../graph/async-stage.js';
import { type Duration, toMilliseconds, toPositiveMilliseconds } from '../../graph/duration.js';
import type { OnError } from '../../graph/error-policy.js';
import { ConfigError } from '../../graph/errors.js';
import type { AnySerde } from '../../graph/serde.js';
import { keyIds } from '../../state/key-ids.js';
import type { Named } from '../options.js';

/** The options of an async step: the order, number, time and failures of its calls. */
export interface AsyncOptions extends Named {
  /**
   * The calls that wait for each other: those of equal keys (`'key'`, unless set), all of a partition, or none. Results
   * are forwarded in the same order.
   */
  readonly order?: CallOrder;
  /** The number of calls in flight at most, in the whole process; 16 unless set. */
  readonly concurrency?: number;
  /** The number of calls that may begin within one second, in the whole process; unlimited unless set. */
  readonly perSecond?: number;
  /** The time limit of a call. After it the call's signal aborts and the call counts as failed. No limit unless set. */
  readonly timeout?: Duration;
  /** The number of attempts, the first included, and the wait before the next one. One attempt and `'1s'` unless set. */
  readonly retry?: { readonly attempts: number; readonly backoff?: Duration | ((attempt: number) => Duration) };
  /** The error policy of a record after its last attempt; the application's unless set. */
  readonly onError?: OnError;
  /** The records a task may have in flight before it pauses its input; 2,000 records and 16 MiB unless set. */
  readonly buffer?: { readonly records?: number; readonly bytes?: number };
}

/** The options of `mapBatch`: those of every async step, and the limits of a batch. */
export interface BatchOptions extends AsyncOptions {
  /** The number of records in a batch at most; 100 unless set. */
  readonly maxSize?: number;
  /** The time the first record waits for others. Unless set, a batch holds the records that are already polled. */
  readonly maxWait?: Duration;
  /** The encoded bytes of keys and values in a batch at most; 1 MiB unless set. */
  readonly maxBytes?: number;
}

/**
 * Returns the declaration of an async step.
 *
 * @throws ConfigError for an option that is out of range.
 */
export const asyncStage = (step: string, key: AnySerde | undefined, options: AsyncOptions): AsyncStage => {
  const { buffer = {}, concurrency = 16, onError, order = 'key', perSecond, retry, timeout } = options;
  return {
    order,
    concurrency: count(concurrency, `concurrency of ${step}`),
    perSecond: perSecond === undefined ? undefined : count(perSecond, `perSecond of ${step}`),
    timeout: timeout === undefined ? undefined : toPositiveMilliseconds(timeout, `the timeout of ${step}`),
    attempts: count(retry?.attempts ?? 1, `attempts of ${step}`),
    backoff: backoffOf(step, retry?.backoff ?? '1s'),
    buffer: {
      records: count(buffer.records ?? 2_000, `buffer.records of ${step}`),
      bytes: count(buffer.bytes ?? 16 * 1_048_576, `buffer.bytes of ${step}`),
    },
    keyId: order === 'key' ? keyIdOf(step, key) : undefined,
    onError,
  };
};

/** Returns the limits of a step's batches. */
export const batchLimits = (step: string, options: BatchOptions): BatchLimits => ({
  maxSize: count(options.maxSize ?? 100, `maxSize of ${step}`),
  maxWait: toMilliseconds(options.maxWait ?? 0, `maxWait of ${step}`),
  maxBytes: count(options.maxBytes ?? 1_048_576, `maxBytes of ${step}`),
});

const count = (value: number, what: string): number => {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigError(`${what} is ${String(value)}: write a whole number of at least 1`);
};

const backoffOf = (step: string, backoff: Duration | ((attempt: number) => Duration)): AsyncStage['backoff'] => {
  const what = `the backoff of ${step}`;
  if (typeof backoff === 'function') return (attempt) => toMilliseconds(backoff(attempt), what);
  const length = toMilliseconds(backoff, what);
  return () => length;
};

/** Returns the function that makes keys comparable. Keys that are objects are compared by their bytes and need a serde. */
const keyIdOf = (step: string, serde: AnySerde | undefined): ((key: unknown) => unknown) => {
  const idOf =
    serde === undefined
      ? (key: unknown) => {
          if (typeof key !== 'object') return key;
          throw new ConfigError(
            `${step} cannot compare keys that are objects: add .with({ key }) before it, or { order: 'none' }`,
          );
        }
      : keyIds(serde, step);
  return (key) => (key === null || key === undefined ? null : idOf(key));
};
