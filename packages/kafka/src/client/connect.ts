import { type Clock, TransportError } from '@kstreams/core/graph';
import type { Addon, NativeClient, NativeError } from './addon.js';
import { errorOf } from './errors.js';
import { nativeCall, requestTimeout } from './requests.js';
import { brokersOf, type ConnectionSettings } from './settings.js';

/** Receives the log lines of the clients: lost connections, refused requests, warnings about settings. */
export type Log = (message: string) => void;

/** The parts shared by all clients of a transport. */
export interface ClientContext {
  readonly addon: Addon;
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Connects a client and forwards its log lines.
 *
 * @throws TransportError, retriable, when no broker responds within 10 s.
 */
export const connect = async (
  client: NativeClient,
  { settings, log }: Pick<ClientContext, 'settings' | 'log'>,
): Promise<void> => {
  client.on('event.error', ({ message }) => log(message));
  client.on('event.log', ({ message }) => log(message));
  try {
    await nativeCall((done) => client.connect({ allTopics: false, timeout: requestTimeout }, done));
  } catch (thrown) {
    const failure = errorOf('connecting failed', thrown as NativeError);
    throw new TransportError(
      `no Kafka broker responds at ${brokersOf(settings.brokers)}: check the addresses and that a broker runs`,
      {},
      failure,
      true,
    );
  }
};

/** Disconnects a client. */
export const disconnect = (client: NativeClient): Promise<void> =>
  new Promise((resolve) => client.disconnect(() => resolve()));
