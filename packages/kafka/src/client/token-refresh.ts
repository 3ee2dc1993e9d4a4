/** The callback of users for OAUTHBEARER tokens. */
import type { Callbacks } from './callbacks.js';
import { tokenRefresh } from './settings.js';

/** Receives a failure or a token. */
type Settle = (failure: unknown, token?: unknown) => void;
type Refresh = (config: string, settle: Settle) => unknown;

/**
 * Returns settings with a guarded callback for tokens. An error of the user's function, thrown or as a rejection, is
 * passed to the client as a failed refresh, which it reports and retries. Without the setting, returns nothing to set.
 */
export const guardTokenRefresh = (
  settings: Readonly<Record<string, unknown>>,
  callbacks: Callbacks,
): Readonly<Record<string, unknown>> => {
  const refresh = settings[tokenRefresh];
  if (typeof refresh !== 'function') return {};
  const guarded = callbacks.guard(tokenRefresh, (config: string, done: Settle) => {
    const settle = (failure: unknown, token?: unknown): void => {
      try {
        if (failure) done(errorOf(failure));
        else done(null, token);
      } catch {
        // A client that has been disconnected meanwhile throws, and needs no token.
      }
    };
    try {
      const token = (refresh as Refresh)(config, settle);
      if (isPromise(token)) token.then((value) => settle(null, value), settle);
    } catch (thrown) {
      settle(thrown);
    }
  });
  return { [tokenRefresh]: guarded };
};

/** The client sets the message of a failure: it must be an object. */
const errorOf = (failure: unknown): Error => (failure instanceof Error ? failure : new Error(String(failure)));

const isPromise = (value: unknown): value is Promise<unknown> =>
  typeof (value as Promise<unknown> | undefined)?.then === 'function';
