/** True for a promise or any other object with a `then` method. */
export const isPromise = <R>(value: R | PromiseLike<R>): value is PromiseLike<R> =>
  typeof (value as PromiseLike<R> | null | undefined)?.then === 'function';
