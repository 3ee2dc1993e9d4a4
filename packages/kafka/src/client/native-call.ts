import type { Done } from './addon.js';

/** Calls an asynchronous function of the client; rejects with the native error as it is. */
export const nativeCall = <A>(start: (done: Done<A>) => void): Promise<A> =>
  new Promise((resolve, reject) => {
    start((failure, result) => (failure ? reject(failure) : resolve(result)));
  });
