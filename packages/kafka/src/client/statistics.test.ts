import { expect, test } from '@jest/globals';
import { describeWith } from '@kstreams/test-support/services';
import { type ClientStatistics, kafka } from '../index.js';
import type { NativeClient } from './addon.js';
import { Callbacks } from './callbacks.js';
import { type ClientContext, connect } from './connect.js';

/** Returns the names of the events to which a connected client has listeners. */
const listenedTo = async (statistics: ClientContext['statistics'], emitted = '{}'): Promise<readonly string[]> => {
  const events: string[] = [];
  const client = {
    on: (event: string, listener: (entry: { message: string }) => void) => {
      events.push(event);
      if (event === 'event.stats') listener({ message: emitted });
    },
    connect: (_: object, done: () => void) => done(),
  } as unknown as NativeClient;
  const callbacks = new Callbacks((failure) => events.push(failure.message));
  await connect(client, callbacks, { settings: { brokers: 'b:1' }, log: () => {}, statistics });
  return events;
};

test('statistics are not listened to without the option', async () => {
  expect(await listenedTo(undefined)).not.toContain('event.stats');
});

test('statistics are parsed', async () => {
  const received: ClientStatistics[] = [];
  await listenedTo((one) => received.push(one), '{"client_id":"p","type":"producer","txmsgs":3}');
  expect(received).toEqual([{ client_id: 'p', type: 'producer', txmsgs: 3 }]);
});

test('an error of the function ends no client', async () => {
  const events = await listenedTo(() => {
    throw new Error('no room');
  });
  expect(events).toContain('the callback "event.stats" of the Kafka client failed: no room');
});

describeWith('kafka', 'statistics', (brokers) => {
  test('of a client arrive at the interval that is set', async () => {
    const arrived = new Promise<ClientStatistics>((resolve) => {
      const log = kafka({ brokers, client: { 'statistics.interval.ms': 20 }, statistics: resolve });
      const opened = log.producer({ clientId: 'measured' });
      void opened.then((producer) => arrived.finally(() => producer.close().then(() => log.close())));
    });
    expect(await arrived).toMatchObject({ client_id: 'measured', type: 'producer' });
  });
});
