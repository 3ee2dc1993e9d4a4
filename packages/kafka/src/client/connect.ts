import { type Clock, ConfigError, TransportError } from '@kstreams/core/graph';
import { brokersOf, codes, errorOf, requestTimeout } from '@kstreams/kafka-common';
import type { Addon, NativeClient, NativeError, NativeProducer } from './addon.js';
import type { Callbacks } from './callbacks.js';
import { ClientProblems } from './client-problems.js';
import { nativeCall } from './native-call.js';
import type { ConnectionSettings } from './settings.js';

/** Receives the log lines of the clients: lost connections, refused requests, warnings about settings. */
export type Log = (message: string) => void;

/** Statistics of a client, as librdkafka describes them in its STATISTICS.md. */
export type ClientStatistics = Readonly<Record<string, unknown>> & {
  /** The client id. */
  readonly client_id: string;
  readonly type: 'consumer' | 'producer';
};

/** The parts shared by all clients of a transport. */
export interface ClientContext {
  readonly addon: Addon;
  readonly settings: ConnectionSettings;
  readonly clock: Clock;
  readonly log: Log;
  /** Receives the statistics of the clients; undefined unless the user sets it. */
  readonly statistics?: ((statistics: ClientStatistics) => void) | undefined;
}

/**
 * Connects a client, forwards its log lines and notes its problems.
 *
 * @throws TransportError when no broker accepts it within 10 s, in the words of the client; retriable unless the brokers
 * refuse the credentials or a certificate. ConfigError for a setting that it cannot use.
 */
export const connect = async (
  client: NativeClient,
  callbacks: Callbacks,
  { settings, log, statistics }: Pick<ClientContext, 'settings' | 'log' | 'statistics'>,
  problems = new ClientProblems(),
): Promise<void> => {
  const note = ({ message }: { readonly message: string }): void => {
    problems.note(message);
    log(message);
  };
  callbacks.listen(client, 'event.error', note);
  callbacks.listen(client, 'event.log', note);
  callbacks.listen(client, 'error', note);
  if (statistics !== undefined)
    callbacks.listen(client, 'event.stats', ({ message }) => statistics(JSON.parse(message)));
  const connected = nativeCall((done) => client.connect({ allTopics: false, timeout: requestTimeout }, done));
  let ended = false;
  const refused = problems.refused.then(() => {
    ended = true;
    throw problems.connectError(brokersOf(settings.brokers), undefined);
  });
  // A client that failed to connect has closed its connections, but keeps its callbacks until it is disconnected.
  const release = (): Promise<void> => disconnect(client);
  const released = connected.then(() => (ended ? release() : undefined), release);
  // The error of the connection is thrown below.
  released.catch(() => {});
  try {
    await Promise.race([connected, refused]);
    client._metadata = undefined;
  } catch (thrown) {
    if (thrown instanceof TransportError) throw thrown;
    const failure = thrown as NativeError;
    if (failure.code === codes.wrongState) {
      throw new ConfigError(`the Kafka client refuses its settings: ${failure.message}`, failure);
    }
    throw problems.connectError(brokersOf(settings.brokers), errorOf('connecting failed', failure));
  }
};

/** Disconnects a client; a producer without a flush, which fails unless it is connected. */
export const disconnect = (client: NativeClient & Pick<NativeProducer, '_disconnect'>): Promise<void> =>
  new Promise((resolve) => {
    if (client._disconnect === undefined) client.disconnect(() => resolve());
    else client._disconnect(() => resolve());
  });
