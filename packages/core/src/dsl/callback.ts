import { isPromise, refusePromise } from '../graph/promise.js';

/** The result type of a synchronous callback. A promise becomes an error text, since no step would await it. */
export type Sync<R> = R extends PromiseLike<unknown> ? 'returns a promise: use mapAsync' : R;

/** The result type of a mapper. A promise or undefined becomes an error text; Kafka's null is `null`. */
export type Defined<R> =
  R extends PromiseLike<unknown>
    ? 'returns a promise: use mapAsync'
    : R extends void
      ? "returns undefined: return a value, or null for Kafka's null"
      : R;

/** `null` for results that may be null or undefined, which delete rows; else `never`. */
export type DeletedBy<R> = null extends R ? null : undefined extends R ? null : never;

/** A value that is not a promise. Intersected with a result type, it shows the error text to a callback with a promise. */
export interface NoPromise {
  readonly then?: 'returns a promise: use mapAsync';
}

/**
 * Returns a mapper's result.
 *
 * @throws TypeError when it is undefined or a promise.
 */
export const defined = <T>(value: T, operator: string): T => {
  if (value === undefined || isPromise(value)) refuseUndefined(value, operator);
  return value;
};

const refuseUndefined = (value: unknown, operator: string): void => {
  refusePromise(value, operator);
  throw new TypeError(`${operator} returned undefined: return a value, or null for Kafka's null`);
};

/**
 * Returns the result of a test.
 *
 * @throws TypeError when it is neither true nor false.
 */
export const passed = (result: boolean, operator: string): boolean => {
  if (result !== true && result !== false) refuseResult(result, operator);
  return result;
};

/** Refuses the result of a test that is neither true nor false. */
export const refuseResult = (result: unknown, operator: string): never => {
  refusePromise(result, operator);
  throw new TypeError(`${operator} returned ${result === null ? 'null' : typeof result}: return true or false`);
};

/**
 * Returns the key and value that a callback returned.
 *
 * @throws TypeError when they are not in a list.
 */
export const asPair = <P extends readonly unknown[]>(result: P, operator: string): P => {
  if (!Array.isArray(result)) refuseShape(result, operator, '[key, value]');
  return result;
};

/**
 * Returns the results that a callback returned.
 *
 * @throws TypeError when they cannot be iterated.
 */
export const asMany = <R extends Iterable<unknown>>(result: R, operator: string): R => {
  if (typeof result?.[Symbol.iterator] !== 'function') refuseShape(result, operator, 'a list, or anything iterable');
  return result;
};

const refuseShape = (result: unknown, operator: string, expected: string): void => {
  refusePromise(result, operator);
  const given = result === null ? 'null' : result === undefined ? 'undefined' : `a ${typeof result}`;
  throw new TypeError(`${operator} returned ${given}: return ${expected}`);
};
