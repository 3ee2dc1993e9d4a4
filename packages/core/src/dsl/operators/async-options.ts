import type { AsyncStage, BatchLimits, CallOrder } from '../../graph/async-stage.js';
import { type Duration, toMilliseconds, toPositiveMilliseconds } from '../../graph/duration.js';
import type { OnError } from '../../graph/error-policy.js';
import { ConfigError } from '../../graph/errors.js';
import { type OptionChecks, option } from '../../graph/option.js';
import type { AnySerde } from '../../graph/serde.js';
import { keyIds } from '../../state/key-ids.js';
import { type Named, namedChecks, type ValueOptions, valueChecks } from '../options.js';

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
  /** The topics that `onError` sends dead letters to: checked at the start, and created on an embedded log. */
  readonly deadLetters?: readonly string[];
  /** The records a task may have in flight before it pauses its input; 2,000 records and 16 MiB unless set. */
  readonly buffer?: { readonly records?: number; readonly bytes?: number };
}

/** The options of `mapBatch`: those of every async step, the limits of a batch, and its calls after a failure. */
export interface BatchOptions extends AsyncOptions {
  /** The number of records in a batch at most; 100 unless set. */
  readonly maxSize?: number;
  /** The time the first record waits for others. Unless set, a batch holds the records that are already polled. */
  readonly maxWait?: Duration;
  /** The encoded bytes of keys and values in a batch at most; 1 MiB unless set. */
  readonly maxBytes?: number;
  /**
   * True to call again for the halves of a batch after its last attempt failed, until the failing records are alone: only
   * these reach the error policy. Unless set, all records of the batch do; with `order: 'partition'` the first one.
   */
  readonly bisectOnError?: boolean;
}

/** The checks of {@link AsyncOptions} without an order. */
export const unorderedChecks: OptionChecks<Omit<AsyncOptions, 'order'>> = {
  ...namedChecks,
  concurrency: option.count,
  perSecond: option.count,
  timeout: option.duration,
  retry: option.oneOf<NonNullable<AsyncOptions['retry']>>({
    attempts: option.required(option.count),
    backoff: option.either(option.duration, option.fn),
  }),
  onError: option.onError,
  deadLetters: option.listOf(option.text),
  buffer: option.oneOf<NonNullable<AsyncOptions['buffer']>>({ records: option.count, bytes: option.count }),
};

/** The checks of {@link AsyncOptions}. */
export const asyncChecks: OptionChecks<AsyncOptions> = {
  ...unorderedChecks,
  order: option.oneOf<CallOrder>('key', 'partition', 'none'),
};

/** The checks of {@link AsyncOptions} of a step that makes values. */
export const asyncValueChecks: OptionChecks<AsyncOptions & ValueOptions<unknown>> = { ...asyncChecks, ...valueChecks };

/** The checks of {@link BatchOptions}. */
export const batchChecks: OptionChecks<BatchOptions & ValueOptions<unknown>> = {
  ...asyncValueChecks,
  maxSize: option.count,
  maxWait: option.duration,
  maxBytes: option.count,
  bisectOnError: option.flag,
};

/**
 * Returns the declaration of an async step.
 *
 * @throws ConfigError for a timeout of 0, or keys that cannot be compared.
 */
export const asyncStage = (step: string, key: AnySerde | undefined, options: AsyncOptions): AsyncStage => {
  const { buffer = {}, concurrency = 16, deadLetters, onError, order = 'key', perSecond, retry, timeout } = options;
  return {
    order,
    concurrency,
    perSecond,
    timeout: timeout === undefined ? undefined : toPositiveMilliseconds(timeout, `the timeout of ${step}`),
    attempts: retry?.attempts ?? 1,
    backoff: backoffOf(step, retry?.backoff ?? '1s'),
    buffer: { records: buffer.records ?? 2_000, bytes: buffer.bytes ?? 16 * 1_048_576 },
    keyId: order === 'key' ? keyIdOf(step, key) : undefined,
    onError,
    ...(deadLetters && { deadLetters }),
  };
};

/** Returns the limits of a step's batches, and their calls after a failure. */
export const batchLimits = (step: string, options: BatchOptions): BatchLimits => ({
  maxSize: options.maxSize ?? 100,
  maxWait: toMilliseconds(options.maxWait ?? 0, `maxWait of ${step}`),
  maxBytes: options.maxBytes ?? 1_048_576,
  bisectOnError: options.bisectOnError ?? false,
});

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
