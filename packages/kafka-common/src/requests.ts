/** Requests to a cluster, with retries. */
import { type Clock, FencedError, TransportError } from '@kstreams/core/graph';
import { type ClientError, errorOf, isRetriable } from './errors.js';

/** The timeout of one request, in ms. */
export const requestTimeout = 10_000;
/** The time for which a failing request is retried, in ms. */
const retryTimeout = 60_000;
/** The pause between two attempts, in ms. */
const retryPause = 50;

/**
 * Sends a request and retries it for 60 s while its error is retriable: leaders move, coordinators load, open
 * transactions hide offsets. `right` is the right that it needs.
 *
 * @throws FencedError or TransportError, which name the action.
 */
export const request = async <A>(clock: Clock, action: string, send: () => Promise<A>, right?: string): Promise<A> => {
  const deadline = clock.monotonic() + retryTimeout;
  for (;;) {
    try {
      return await send();
    } catch (thrown) {
      const converted = thrown instanceof TransportError || thrown instanceof FencedError;
      const retry = converted ? 'retriable' in thrown && thrown.retriable : isRetriable(thrown as ClientError);
      if (!retry || clock.monotonic() > deadline) {
        throw converted ? thrown : errorOf(action, thrown as ClientError, {}, undefined, right);
      }
      await delay(clock, retryPause);
    }
  }
};

/**
 * Sends a request about several items and retries it for 10 s while any item has a retriable error. Final errors of
 * single items are part of the result.
 */
export const requestEach = async <R extends { readonly error?: ClientError }>(
  clock: Clock,
  action: string,
  send: () => Promise<readonly R[]>,
): Promise<readonly R[]> => {
  const deadline = clock.monotonic() + requestTimeout;
  for (;;) {
    const results = await request(clock, action, send);
    if (!results.some(({ error }) => error && isRetriable(error)) || clock.monotonic() > deadline) return results;
    await delay(clock, retryPause);
  }
};

/** Resolves after `ms` milliseconds. */
export const delay = (clock: Clock, ms: number): Promise<void> =>
  new Promise((resolve) => {
    clock.after(ms, resolve);
  });
