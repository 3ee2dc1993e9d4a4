/** The client's callbacks as promises. */
import { type Clock, TransportError } from '@kstreams/core/graph';
import type { Done, NativeError } from './addon.js';
import { errorOf, isPassing } from './errors.js';

/** How long one request to the cluster may take, in ms. */
export const requestTimeout = 10_000;
/** For how long a request that may succeed later is repeated, in ms. */
const patience = 60_000;
/** The pause between two tries, in ms. */
const pause = 50;

/** Calls a function of the client; rejects with what it said, as it said it. */
export const call = <A>(start: (done: Done<A>) => void): Promise<A> =>
  new Promise((resolve, reject) => {
    start((failure, answer) => (failure ? reject(failure) : resolve(answer)));
  });

/**
 * Calls a function of the client until it succeeds or fails for good: leaders move, coordinators load, and offsets of an
 * open transaction are not told before it ends.
 */
export const ask = async <A>(clock: Clock, what: string, start: (done: Done<A>) => void): Promise<A> => {
  const deadline = clock.now() + patience;
  for (;;) {
    try {
      return await call(start);
    } catch (thrown) {
      const told = thrown instanceof TransportError;
      const passing = told ? thrown.retriable : isPassing(thrown as NativeError);
      if (!passing || clock.now() > deadline) throw told ? thrown : errorOf(what, thrown as NativeError);
      await delay(clock, pause);
    }
  }
};

/**
 * Asks about many things in one request, again while any answer says that another try may succeed. The answers may hold
 * errors that are final.
 */
export const askEach = async <R extends { readonly error?: NativeError }>(
  clock: Clock,
  what: string,
  start: (done: Done<readonly R[]>) => void,
): Promise<readonly R[]> => {
  const deadline = clock.now() + requestTimeout;
  for (;;) {
    const answers = await ask(clock, what, start);
    if (!answers.some(({ error }) => error && isPassing(error)) || clock.now() > deadline) return answers;
    await delay(clock, pause);
  }
};

/** Resolves after so many ms. */
export const delay = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });
