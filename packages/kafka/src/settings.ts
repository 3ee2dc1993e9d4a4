import { ConfigError, type ConsumerOptions, type ProducerOptions } from '@kstreams/core/graph';
import type { NativeSettings } from './addon.js';

/** A setting of librdkafka, by its name there; functions are callbacks, such as `oauthbearer_token_refresh_cb`. */
export type ClientSettings = Readonly<Record<string, string | number | boolean | ((...args: never[]) => unknown)>>;

/** Whom a client talks to, and how. */
export interface ConnectionSettings {
  /** `host:port` of some of the brokers, the first to be asked for the others. */
  readonly brokers: string | readonly string[];
  /** Settings of every client: TLS, SASL, timeouts. */
  readonly client?: ClientSettings;
  /** More of consumers, such as `fetch.min.bytes`. */
  readonly consumer?: ClientSettings;
  /** More of producers, such as `linger.ms` or `compression.type`. */
  readonly producer?: ClientSettings;
}

/** The settings that are the library's own, each with what to do instead. */
const owned: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'give them as `brokers`',
  'metadata.broker.list': 'give them as `brokers`',
  'group.id': "the group is the application's name",
  'enable.auto.commit': 'offsets are committed together with the state',
  'auto.commit.interval.ms': 'offsets are committed together with the state: set `commitInterval` at start',
  'enable.auto.offset.store': 'offsets are committed together with the state',
  'auto.offset.reset': 'name where a stream begins: stream(topic, { from })',
  'isolation.level': 'it follows from the guarantee that the application asks for',
  'partition.assignment.strategy': 'partitions that are read together must move together',
  'enable.partition.eof': 'it tells when a partition has been read to its end',
  'enable.idempotence': 'changelogs must keep their order',
  acks: 'a commit must know that what was sent is kept',
  'request.required.acks': 'a commit must know that what was sent is kept',
  'transactional.id': 'every worker has one of its own',
  'transaction.timeout.ms': 'it follows from the guarantee that the application asks for',
  rebalance_cb: 'the library sees to rebalances',
  offset_commit_cb: 'the library sees to commits',
  queue_non_empty_cb: 'the library sees to polling',
  event_cb: 'give `log` to be told what the client says',
  dr_cb: 'the library counts what was delivered',
  dr_msg_cb: 'the library counts what was delivered',
};

/** Throws for the first setting that is not the user's to set. */
export const checkSettings = ({ brokers, client, consumer, producer }: ConnectionSettings): void => {
  if (brokersOf(brokers) === '') throw new ConfigError('Kafka needs at least one broker: { brokers: "host:port" }');
  for (const [place, settings] of Object.entries({ client, consumer, producer })) {
    for (const name of Object.keys(settings ?? {})) {
      const instead = Object.hasOwn(owned, name) ? owned[name] : undefined;
      if (instead !== undefined) throw new ConfigError(`"${name}" cannot be set in \`${place}\`: ${instead}`);
    }
  }
};

/** The brokers as one string. */
export const brokersOf = (brokers: string | readonly string[]): string => [brokers].flat().join(',');

/** What a client that only asks is configured with. */
export const askingSettings = (given: ConnectionSettings): NativeSettings => connection(given, 'admin', given.client);

/** What a consumer is configured with. */
export const consumerSettings = (
  given: ConnectionSettings,
  { clientId, group, isolation, instanceId }: ConsumerOptions,
): NativeSettings => {
  const settings: ClientSettings = { ...given.client, ...given.consumer };
  const { 'group.instance.id': instance, ...rest } = settings;
  const named = instanceId ?? (instance === undefined ? undefined : `${instance}-${clientId}`);
  return {
    ...consumerPreferences,
    ...connection(given, clientId, rest),
    // A consumer without a group still has to name one; it never joins it and commits nothing.
    'group.id': group ?? `${clientId}-without-group`,
    ...(group !== undefined && named !== undefined ? { 'group.instance.id': named } : {}),
    // The newer group protocol divides partitions at the broker and refuses to hear of a strategy.
    ...(settings['group.protocol'] === 'consumer' ? {} : { 'partition.assignment.strategy': 'cooperative-sticky' }),
    'isolation.level': isolation === 'latest' ? 'read_uncommitted' : 'read_committed',
    'enable.auto.commit': false,
    'enable.auto.offset.store': false,
    'enable.partition.eof': true,
    'auto.offset.reset': 'earliest',
  };
};

/** What a producer is configured with. */
export const producerSettings = (
  given: ConnectionSettings,
  { clientId, transactionalId, transactionTimeout = 10_000 }: ProducerOptions,
): NativeSettings => ({
  ...producerPreferences,
  ...connection(given, clientId, { ...given.client, ...given.producer }),
  'enable.idempotence': true,
  dr_cb: true,
  ...(transactionalId === undefined
    ? {}
    : { 'transactional.id': transactionalId, 'transaction.timeout.ms': transactionTimeout }),
});

/** What every client does unless told otherwise. */
const clientPreferences: NativeSettings = {
  // How long to rest at most between two tries to reach a broker that is gone, as Kafka's own clients; 10 s by itself.
  'reconnect.backoff.max.ms': 1_000,
};

/** What consumers do unless told otherwise. */
const consumerPreferences: NativeSettings = {
  // While a broker waits for records it answers nothing else: a partition that is given or resumed meanwhile waits too.
  'fetch.wait.max.ms': 100,
  // After a full queue the client sleeps a second by itself, which starves a fast reader.
  'fetch.queue.backoff.ms': 20,
};

/** What producers do unless told otherwise. */
const producerPreferences: NativeSettings = {
  // A topic that does not exist fails what was sent to it after this time; half a minute by itself.
  'topic.metadata.propagation.max.ms': 1_000,
};

const connection = (
  { brokers }: ConnectionSettings,
  clientId: string,
  { 'client.id': prefix, 'group.instance.id': _, ...settings }: ClientSettings = {},
): NativeSettings => ({
  ...clientPreferences,
  ...settings,
  'bootstrap.servers': brokersOf(brokers),
  'client.id': prefix === undefined ? clientId : `${prefix}-${clientId}`,
});
