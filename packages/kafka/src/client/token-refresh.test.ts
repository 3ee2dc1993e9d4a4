import { expect, test } from '@jest/globals';
import { Callbacks } from './callbacks.js';
import { tokenRefresh } from './settings.js';
import { guardTokenRefresh } from './token-refresh.js';

type Refresh = (config: string, done: (failure: unknown, token?: unknown) => void) => unknown;

/** Refreshes a token with the function of a user; returns what the client receives. */
const refreshed = async (refresh: Refresh): Promise<readonly unknown[]> => {
  const failures: unknown[] = [];
  const callbacks = new Callbacks((failure) => failures.push(failure));
  const settings = guardTokenRefresh({ [tokenRefresh]: refresh }, callbacks);
  const received: unknown[] = [];
  const done = (failure: unknown, token?: unknown) => received.push(failure ?? token);
  expect((settings[tokenRefresh] as Refresh)('config', done)).toBeUndefined();
  await new Promise((resolve) => setImmediate(resolve));
  expect(failures).toEqual([]);
  return received;
};

test.each<[string, Refresh]>([
  ['returned', () => Promise.resolve('token')],
  ['passed to the callback', (_, done) => done(null, 'token')],
])('a token that is %s reaches the client', async (_, refresh) => {
  expect(await refreshed(refresh)).toEqual(['token']);
});

const thrown = new Error('no token');
test.each<[string, Refresh]>([
  [
    'thrown',
    () => {
      throw thrown;
    },
  ],
  ['rejected', () => Promise.reject(thrown)],
  ['passed to the callback', (_, done) => done(thrown)],
])('a failure that is %s reaches the client as a failed refresh', async (_, refresh) => {
  expect(await refreshed(refresh)).toEqual([thrown]);
});

test('a failure that is no error becomes one', async () => {
  const [failure] = await refreshed(() => Promise.reject('expired'));
  expect(failure).toEqual(new Error('expired'));
});

test('a client that has been disconnected meanwhile may throw', async () => {
  const callbacks = new Callbacks(() => {});
  const settings = guardTokenRefresh({ [tokenRefresh]: async () => 'token' }, callbacks);
  (settings[tokenRefresh] as Refresh)('config', () => {
    throw new Error('disconnected');
  });
  await new Promise((resolve) => setImmediate(resolve));
});

test('without the function nothing is set', () => {
  expect(guardTokenRefresh({ 'client.id': 'c' }, new Callbacks(() => {}))).toEqual({});
});
