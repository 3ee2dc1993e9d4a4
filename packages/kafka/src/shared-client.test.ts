import { expect, test } from '@jest/globals';
import { TestClock } from '@kstreams/testing';
import type { Addon, Done, NativePartition } from './addon.js';
import { codes } from './errors.js';
import { SharedClient } from './shared-client.js';

const place = { topic: 't', partition: 0 };

/** A client, and the clients that it made one after another, each with the questions that wait for an answer. */
const connected = () => {
  const made: { asked: Done<readonly NativePartition[]>[]; connected: boolean }[] = [];
  class Producer {
    readonly state = { asked: [] as Done<readonly NativePartition[]>[], connected: true };
    on = (): void => {};
    connect = (_: unknown, done: Done): void => {
      made.push(this.state);
      done(null, undefined);
    };
    disconnect = (done: () => void): void => {
      this.state.connected = false;
      done();
    };
  }
  const AdminClient = {
    createFrom: ({ state }: Producer) => ({
      listOffsets: (_: unknown, __: unknown, done: Done<readonly NativePartition[]>) => {
        if (!state.connected) throw new Error('asked after it was disconnected');
        state.asked.push(done);
      },
    }),
  };
  const addon = async () => ({ Producer, AdminClient }) as unknown as Addon;
  const clock = new TestClock();
  const shared = new SharedClient(addon, { brokers: 'nowhere:1' }, clock, () => {});
  return { clock, made, shared };
};

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a client that knows an old leader goes when all that it was asked is answered; another one asks again', async () => {
  const { clock, made, shared } = connected();
  const [first, second] = [shared.offsets([place], 'latest', 'latest'), shared.offsets([place], 'earliest', 'latest')];
  await settle();
  const error = { code: codes.oldLeader, message: 'another leads' };
  made[0]?.asked.shift()?.(null, [{ ...place, error }]);
  await settle();
  expect(made[0]?.connected).toBe(true);
  clock.advance(1_000);
  await settle();
  made[1]?.asked.shift()?.(null, [{ ...place, offset: 7 }]);
  expect(await first).toEqual([7]);
  made[0]?.asked.shift()?.(null, [{ ...place, offset: 3 }]);
  expect(await second).toEqual([3]);
  await settle();
  expect(made.map((one) => one.connected)).toEqual([false, true]);
});

test('closing waits for what was asked', async () => {
  const { made, shared } = connected();
  const asked = shared.offsets([place], 'latest', 'latest');
  await settle();
  let closed = false;
  const closing = shared.close().then(() => (closed = true));
  await settle();
  expect([made[0]?.connected, closed]).toEqual([true, false]);
  made[0]?.asked.shift()?.(null, [{ ...place, offset: 7 }]);
  expect(await asked).toEqual([7]);
  await closing;
  expect(made[0]?.connected).toBe(false);
});

test('it leaves with the last of those who use it, and comes again for the next', async () => {
  const { made, shared } = connected();
  const [one, other] = [shared.use(), shared.use()];
  await shared.open();
  await one();
  await one();
  expect(made.map((client) => client.connected)).toEqual([true]);
  await other();
  expect(made.map((client) => client.connected)).toEqual([false]);
  const next = shared.use();
  await shared.open();
  expect(made.map((client) => client.connected)).toEqual([false, true]);
  await next();
  expect(made.map((client) => client.connected)).toEqual([false, false]);
});
