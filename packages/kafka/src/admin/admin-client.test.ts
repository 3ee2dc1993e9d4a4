import { expect, test } from '@jest/globals';
import { codes } from '@kstreams/kafka-common';
import { TestClock } from '@kstreams/testing';
import type { Addon, Done, NativePartition } from '../client/addon.js';
import { AdminClient } from './admin-client.js';

const place = { topic: 't', partition: 0 };

/** Creates an admin client; `made` lists its native clients in order, each with its pending requests. */
const testClient = () => {
  const made: { pending: Done<readonly NativePartition[]>[]; connected: boolean }[] = [];
  class Producer {
    readonly state = { pending: [] as Done<readonly NativePartition[]>[], connected: true };
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
  const native = {
    createFrom: ({ state }: Producer) => ({
      listOffsets: (_: unknown, __: unknown, done: Done<readonly NativePartition[]>) => {
        if (!state.connected) throw new Error('a request after the disconnect');
        state.pending.push(done);
      },
    }),
  };
  const addon = { Producer, AdminClient: native } as unknown as Addon;
  const clock = new TestClock();
  const context = async () => ({ addon, settings: { brokers: 'nowhere:1' }, clock, log: () => {} });
  return { clock, made, client: new AdminClient(context, clock) };
};

const eventLoop = () => new Promise((resolve) => setImmediate(resolve));

test('after a leader change a new connection retries, and the old one closes after its last response', async () => {
  const { clock, made, client } = testClient();
  const [first, second] = [client.offsets([place], 'latest', 'latest'), client.offsets([place], 'earliest', 'latest')];
  await eventLoop();
  const error = { code: codes.oldLeader, message: 'another leader' };
  made[0]?.pending.shift()?.(null, [{ ...place, error }]);
  await eventLoop();
  expect(made[0]?.connected).toBe(true);
  clock.advance(1_000);
  await eventLoop();
  made[1]?.pending.shift()?.(null, [{ ...place, offset: 7 }]);
  expect(await first).toEqual([7]);
  made[0]?.pending.shift()?.(null, [{ ...place, offset: 3 }]);
  expect(await second).toEqual([3]);
  await eventLoop();
  expect(made.map((one) => one.connected)).toEqual([false, true]);
});

test('close waits for pending requests', async () => {
  const { made, client } = testClient();
  const requested = client.offsets([place], 'latest', 'latest');
  await eventLoop();
  let closed = false;
  const closing = client.close().then(() => (closed = true));
  await eventLoop();
  expect([made[0]?.connected, closed]).toEqual([true, false]);
  made[0]?.pending.shift()?.(null, [{ ...place, offset: 7 }]);
  expect(await requested).toEqual([7]);
  await closing;
  expect(made[0]?.connected).toBe(false);
});

test('the last release disconnects; the next user connects again', async () => {
  const { made, client } = testClient();
  const [releaseOne, releaseOther] = [client.acquire(), client.acquire()];
  await client.connect();
  await releaseOne();
  await releaseOne();
  expect(made.map(({ connected }) => connected)).toEqual([true]);
  await releaseOther();
  expect(made.map(({ connected }) => connected)).toEqual([false]);
  const release = client.acquire();
  await client.connect();
  expect(made.map(({ connected }) => connected)).toEqual([false, true]);
  await release();
  expect(made.map(({ connected }) => connected)).toEqual([false, false]);
});
