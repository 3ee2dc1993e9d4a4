/** True for a promise or any other object with a `then` method, except a plain object. */
export const isPromise = <R>(value: R | PromiseLike<R>): value is PromiseLike<R> =>
  typeof value === 'object' &&
  value !== null &&
  Object.getPrototypeOf(value) !== plain &&
  typeof (value as PromiseLike<R>).then === 'function';

/** The prototype of most values, compared first since it is faster than a search for a method that is missing. */
const plain: unknown = Object.prototype;

/**
 * Refuses a promise where nothing awaits it. Its rejection is ignored, since the record has failed already.
 *
 * @throws TypeError for a promise.
 */
export const refusePromise = (value: unknown, what: string): void => {
  if (!isPromise(value)) return;
  value.then(undefined, () => {});
  throw new TypeError(`${what} returned a promise: use mapAsync`);
};
