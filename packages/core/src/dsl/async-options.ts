import type { AsyncStage, BatchLimits, CallOrder } from '../graph/async.js';
import { type Duration, toMilliseconds } from '../graph/duration.js';
import { ConfigError } from '../graph/errors.js';
import type { OnError } from '../graph/policy.js';
import type { AnySerde } from '../graph/serde.js';
import { keyIds } from '../state/key-ids.js';
import type { Named } from './operator.js';

/** How the calls of an async step overlap, fail and pile up. */
export interface AsyncOptions extends Named {
  /**
   * Which calls wait for each other: those of equal keys (`'key'`, unless set), all of a partition, or none. Results leave
   * in the same order.
   */
  readonly order?: CallOrder;
  /** How many calls are in flight at most, in the whole process; 16 unless set. */
  readonly concurrency?: number;
  /** How many calls begin at most within any second, in the whole process. */
  readonly perSecond?: number;
  /** How long a call may take; then its signal fires and it counts as failed. */
  readonly timeout?: Duration;
  /** How often a record is tried, the first time included, and how long it rests in between; `'1s'` unless set. */
  readonly retry?: { readonly attempts: number; readonly backoff?: Duration | ((attempt: number) => Duration) };
  /** Judges a record whose last attempt failed, instead of the application's own policy. */
  readonly onError?: OnError;
  /** How much a task takes in before it waits for results: 2,000 records, 16 MiB unless set. */
  readonly buffer?: { readonly records?: number; readonly bytes?: number };
}

/** As {@link AsyncOptions}, and when the records of a batch are enough. */
export interface BatchOptions extends AsyncOptions {
  /** How many records a call serves at most; 100 unless set. */
  readonly maxSize?: number;
  /** How long the first record waits for others; unless set only until all that are at hand have come. */
  readonly maxWait?: Duration;
  /** How many bytes of keys and values, as they were read, a call serves at most; 1 MiB unless set. */
  readonly maxBytes?: number;
}

/** What an async step declares, from what the user said; refuses what cannot be. */
export const asyncStage = (step: string, key: AnySerde | undefined, options: AsyncOptions): AsyncStage => {
  const { buffer = {}, concurrency = 16, onError, order = 'key', perSecond, retry, timeout } = options;
  return {
    order,
    concurrency: count(concurrency, `concurrency of ${step}`),
    perSecond: perSecond && count(perSecond, `perSecond of ${step}`),
    timeout: timeout === undefined ? undefined : toMilliseconds(timeout, `the timeout of ${step}`),
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

/** The limits of a step's batches. */
export const batchLimits = (step: string, options: BatchOptions): BatchLimits => ({
  maxSize: count(options.maxSize ?? 100, `maxSize of ${step}`),
  maxWait: toMilliseconds(options.maxWait ?? 0, `maxWait of ${step}`),
  maxBytes: count(options.maxBytes ?? 1_048_576, `maxBytes of ${step}`),
});

const count = (value: number, what: string): number => {
  if (Number.isSafeInteger(value) && value >= 1) return value;
  throw new ConfigError(`${what} is ${value}: write a whole number of at least 1`);
};

const backoffOf = (step: string, backoff: Duration | ((attempt: number) => Duration)): AsyncStage['backoff'] => {
  const what = `the backoff of ${step}`;
  if (typeof backoff === 'function') return (attempt) => toMilliseconds(backoff(attempt), what);
  const length = toMilliseconds(backoff, what);
  return () => length;
};

/** Keys that are objects can be told apart by their bytes only, and those only with a serde. */
const keyIdOf = (step: string, serde: AnySerde | undefined): ((key: unknown) => unknown) => {
  const idOf =
    serde === undefined
      ? (key: unknown) => {
          if (typeof key !== 'object') return key;
          throw new ConfigError(
            `${step} cannot tell its keys apart: add .with({ key }) before it, or { order: 'none' }`,
          );
        }
      : keyIds(serde, step);
  return (key) => (key === null || key === undefined ? null : idOf(key));
};
