/** Opening and closing clients. */
import { TransportError } from '@kstreams/core/graph';
import type { NativeClient, NativeError } from './addon.js';
import { call, requestTimeout } from './ask.js';
import { errorOf } from './errors.js';

/** Is told what the clients say: lost connections, refused requests, warnings about settings. */
export type Log = (message: string) => void;

/** Connects a client; fails when no broker answers. */
export const connect = async <C extends NativeClient>(client: C, brokers: string, log: Log): Promise<C> => {
  client.on('event.error', ({ message }) => log(message));
  client.on('event.log', ({ message }) => log(message));
  try {
    await call((done) => client.connect({ allTopics: false, timeout: requestTimeout }, done));
  } catch (thrown) {
    const failure = thrown as NativeError;
    throw new TransportError(`no Kafka broker answers at ${brokers}`, {}, errorOf('connecting failed', failure), true);
  }
  return client;
};

/** Disconnects a client. */
export const disconnect = (client: NativeClient): Promise<void> =>
  new Promise((resolve) => client.disconnect(() => resolve()));
