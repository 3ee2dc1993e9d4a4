import { type Clock, ConfigError, TransportError } from '@kstreams/core/graph';
import type { Addon, NativeClient, NativeError } from './addon.js';
import { ClientProblems } from './client-problems.js';
import { codes, errorOf } from './errors.js';
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
 * Connects a client, forwards its log lines and notes its problems.
 *
 * @throws TransportError when no broker accepts it within 10 s, in the words of the client; retriable unless the brokers
 * refuse the credentials or a certificate. ConfigError for a setting that it cannot use.
 */
export const connect = async (
  client: NativeClient,
  { settings, log }: Pick<ClientContext, 'settings' | 'log'>,
  problems = new ClientProblems(),
): Promise<void> => {
  const note = ({ message }: { readonly message: string }): void => {
    problems.note(message);
    log(message);
  };
  client.on('event.error', note);
  client.on('event.log', note);
  const connected = nativeCall((done) => client.connect({ allTopics: false, timeout: requestTimeout }, done));
  const refused = problems.refused.then(() => {
    // The client disconnects itself when its call fails, as it will.
    connected.then(() => disconnect(client)).catch(() => {});
    throw problems.connectError(brokersOf(settings.brokers), undefined);
  });
  try {
    await Promise.race([connected, refused]);
  } catch (thrown) {
    if (thrown instanceof TransportError) throw thrown;
    const failure = thrown as NativeError;
    if (failure.code === codes.wrongState) {
      throw new ConfigError(`the Kafka client refuses its settings: ${failure.message}`, failure);
    }
    throw problems.connectError(brokersOf(settings.brokers), errorOf('connecting failed', failure));
  }
};

/** Disconnects a client. */
export const disconnect = (client: NativeClient): Promise<void> =>
  new Promise((resolve) => client.disconnect(() => resolve()));
