import { ConfigError } from '../graph/errors.js';

/** Any function of the user. */
export type Callback = (...given: never[]) => unknown;

/** The result type of a synchronous callback. A promise becomes an error text, since no step would await it. */
export type Sync<R> = R extends PromiseLike<unknown> ? 'returns a promise: use mapAsync' : R;

/** The result type of a mapper. A promise or undefined becomes an error text; Kafka's null is `null`. */
export type Defined<R> =
  R extends PromiseLike<unknown>
    ? 'returns a promise: use mapAsync'
    : R extends void
      ? "returns undefined: return a value, or null for Kafka's null"
      : R;

/** A value that is not a promise. Intersected with a result type, it shows the error text to a callback with a promise. */
export interface NoPromise {
  readonly then?: 'returns a promise: use mapAsync';
}

/**
 * Refuses an `async` function in a synchronous step, which would forward before the promise settles.
 *
 * @throws ConfigError for an async function or async generator.
 */
export const refuseAsync = (step: string, callback: Callback | undefined): void => {
  const kind = Object.prototype.toString.call(callback);
  if (kind !== '[object AsyncFunction]' && kind !== '[object AsyncGeneratorFunction]') return;
  throw new ConfigError(`the function of ${step} returns a promise: use mapAsync`);
};

/**
 * Returns a mapper's result.
 *
 * @throws TypeError when it is undefined.
 */
export const defined = <T>(value: T, operator: string): T => {
  if (value !== undefined) return value;
  throw new TypeError(`${operator} returned undefined: return a value, or null for Kafka's null`);
};
