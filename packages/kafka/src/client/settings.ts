import { ConfigError, type ConsumerOptions, type ProducerOptions } from '@kstreams/core/graph';
import { brokersOf, labelledClientId, recordOverhead } from '@kstreams/kafka-common';
import type { NativeSettings } from './addon.js';

/** The setting of users that is a function. */
export const tokenRefresh = 'oauthbearer_token_refresh_cb';

/** Settings of librdkafka by name. The only one that is a function is `oauthbearer_token_refresh_cb`. */
export type ClientSettings = Readonly<Record<string, string | number | boolean | ((...args: never[]) => unknown)>>;

/** The address of a cluster and the settings of its clients. */
export interface ConnectionSettings {
  /** `host:port` of one or more brokers; they name the others. */
  readonly brokers: string | readonly string[];
  /** Settings of all clients: TLS, SASL, timeouts. */
  readonly client?: ClientSettings;
  /** Settings of consumers, over `client`, such as `fetch.min.bytes`. */
  readonly consumer?: ClientSettings;
  /** Settings of producers, over `client`, such as `linger.ms` or `compression.type`. */
  readonly producer?: ClientSettings;
}

/** The settings that users cannot set, each with the reason or the option to use. */
const owned: Readonly<Record<string, string>> = {
  'bootstrap.servers': 'use the option `brokers`',
  'metadata.broker.list': 'use the option `brokers`',
  'group.id': "the group id is the application's name",
  'enable.auto.commit': 'offsets are committed together with the state',
  'auto.commit.interval.ms': 'offsets are committed together with the state: set `commitInterval` at start',
  'enable.auto.offset.store': 'offsets are committed together with the state',
  'auto.offset.reset': 'use stream(topic, { from })',
  'isolation.level': 'it follows from the guarantee of the application',
  'partition.assignment.strategy': 'co-partitioned topics must be assigned together',
  'enable.partition.eof': 'the library detects the end of partitions with it',
  'enable.idempotence': 'changelogs need their order',
  acks: 'a commit must not lose records that it covers',
  'request.required.acks': 'a commit must not lose records that it covers',
  'transactional.id': 'the library sets one per worker',
  'transaction.timeout.ms': 'it follows from the guarantee of the application',
  rebalance_cb: 'the library handles rebalances',
  offset_commit_cb: 'the library handles commits',
  queue_non_empty_cb: 'the library handles polling',
  event_cb: 'use the option `log`',
  dr_cb: 'the library counts delivery reports',
  dr_msg_cb: 'the library counts delivery reports',
};

/**
 * Checks the settings of a transport.
 *
 * @throws ConfigError without brokers, or for the first setting that users cannot set or that is a function for no reason.
 */
export const checkSettings = ({ brokers, client, consumer, producer }: ConnectionSettings): void => {
  if (brokersOf(brokers) === '') throw new ConfigError('Kafka needs at least one broker: set { brokers: "host:port" }');
  for (const [option, settings] of Object.entries({ client, consumer, producer })) {
    for (const [name, value] of Object.entries(settings ?? {})) {
      const reason = Object.hasOwn(owned, name) ? owned[name] : undefined;
      if (reason !== undefined) throw new ConfigError(`"${name}" cannot be set in \`${option}\`: ${reason}`);
      if (typeof value === 'function' && name !== tokenRefresh) {
        throw new ConfigError(`"${name}" in \`${option}\` is a function: the client calls "${tokenRefresh}" only`);
      }
    }
  }
};

/** Returns the settings of the admin client. */
export const adminSettings = (given: ConnectionSettings): NativeSettings => connection(given, 'admin', given.client);

/** True when the brokers assign the partitions of a group, by the consumer group protocol (KIP-848). */
export const brokersAssign = ({ client, consumer }: ConnectionSettings): boolean =>
  ({ ...client, ...consumer })['group.protocol'] === 'consumer';

/** Returns the settings of a consumer. */
export const consumerSettings = (
  given: ConnectionSettings,
  { clientId, group, isolation, instanceId, label, removed }: ConsumerOptions,
): NativeSettings => {
  const settings: ClientSettings = { ...given.client, ...given.consumer };
  const { 'group.instance.id': instance, ...rest } = settings;
  const named = instanceId ?? (instance === undefined ? undefined : `${instance}-${clientId}`);
  return {
    ...consumerPreferences,
    ...connection(given, labelledClientId(clientId, label), rest),
    // librdkafka requires a group id even of a consumer that joins no group.
    'group.id': group ?? `${clientId}-without-group`,
    ...(group !== undefined && named !== undefined ? { 'group.instance.id': named } : {}),
    // The client refuses a strategy where brokers assign the partitions.
    ...(brokersAssign(given) ? {} : { 'partition.assignment.strategy': 'cooperative-sticky' }),
    'isolation.level': isolation === 'latest' ? 'read_uncommitted' : 'read_committed',
    'enable.auto.commit': false,
    'enable.auto.offset.store': false,
    'enable.partition.eof': true,
    // With `error` a poll reports positions that are out of range, and the consumer continues from another.
    'auto.offset.reset': removed === undefined ? 'earliest' : 'error',
  };
};

/** Returns the settings of a producer. */
export const producerSettings = (
  given: ConnectionSettings,
  { clientId, transactionalId, transactionTimeout = 10_000, unbatched = false }: ProducerOptions,
): NativeSettings => ({
  ...producerPreferences,
  ...connection(given, clientId, { ...given.client, ...given.producer }),
  ...(unbatched ? { 'batch.num.messages': 1 } : {}),
  'enable.idempotence': true,
  dr_cb: true,
  ...(transactionalId === undefined
    ? {}
    : { 'transactional.id': transactionalId, 'transaction.timeout.ms': transactionTimeout }),
});

/** Returns the size of the largest record that producers take: `message.max.bytes`, 1,000,000 unless set. */
export const maxRecordSize = ({ client, producer }: ConnectionSettings): number =>
  Number({ ...client, ...producer }['message.max.bytes'] ?? 1_000_000) - recordOverhead;

/** Preferences for all clients; user settings override them. */
const clientPreferences: NativeSettings = {
  // The longest pause between two reconnects, as in Kafka's Java clients; librdkafka's default is 10 s.
  'reconnect.backoff.max.ms': 1_000,
};

/** Preferences for consumers; user settings override them. */
const consumerPreferences: NativeSettings = {
  // A broker delays later fetches while it waits for records: added and resumed partitions would wait up to 500 ms.
  'fetch.wait.max.ms': 100,
  // The pause after a full queue; the default of 1 s starves a fast reader.
  'fetch.queue.backoff.ms': 20,
  // The time until a group finds added partitions; librdkafka's default is 5 minutes.
  'topic.metadata.refresh.interval.ms': 5_000,
};

/** Preferences for producers; user settings override them. */
const producerPreferences: NativeSettings = {
  // Records for a missing topic fail after this time; the default is 30 s.
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
