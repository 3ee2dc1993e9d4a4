import { expect, test } from '@jest/globals';
import { type Admin, TransportError } from '@kstreams/core/graph';
import { TestClock } from '@kstreams/testing';
import { awaitLog } from './await-log.js';

/** Opens a log whose first attempts fail; each wait advances the clock. */
const open = async (startTimeout: number, failures: readonly Error[]) => {
  const clock = new TestClock();
  const warnings: string[] = [];
  const left = [...failures];
  const admin = {} as Admin;
  const opened = awaitLog({
    application: 'shop',
    clock: {
      now: () => clock.now(),
      monotonic: () => clock.monotonic(),
      after: (ms, call) => {
        clock.advance(ms);
        queueMicrotask(call);
        return () => {};
      },
    },
    startTimeout,
    logger: { debug: () => {}, info: () => {}, warn: (_, message) => void warnings.push(message), error: () => {} },
    transport: {
      name: 'kafka nowhere:1',
      admin: async () => {
        const failure = left.shift();
        if (failure !== undefined) throw failure;
        return admin;
      },
    },
  });
  return {
    warnings,
    clock,
    result: await opened.then(
      (one) => one === admin,
      (error: Error) => error.message,
    ),
  };
};

const away = new TransportError('no broker', {}, undefined, true);

test('a log that does not respond fails the start at once unless it may wait', async () => {
  expect(await open(0, [away])).toMatchObject({ result: 'no broker', warnings: [] });
});

test('the start waits with growing pauses up to its timeout, and warns each time', async () => {
  const { clock, result, warnings } = await open(60_000, [away, away, away]);
  expect(result).toBe(true);
  expect(clock.monotonic()).toBe(100 + 200 + 400);
  expect(warnings).toEqual(Array(3).fill('shop waits for kafka nowhere:1: no broker'));
  const late = await open(60_000, Array(100).fill(away));
  expect(late.result).toBe('no broker');
  expect(late.clock.monotonic()).toBeLessThanOrEqual(60_000);
});

test('refused credentials fail the start at once', async () => {
  expect((await open(60_000, [new TransportError('wrong password')])).result).toBe('wrong password');
});
