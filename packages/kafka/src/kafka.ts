import { type Clock, checkOptions, type OptionChecks, option, systemClock, type Transport } from '@kstreams/core/graph';
import { brokersOf } from '@kstreams/kafka-common';
import { AdminClient } from './admin/admin-client.js';
import { KafkaAdmin } from './admin/kafka-admin.js';
import type { ClientContext, ClientStatistics, Log } from './client/connect.js';
import { loadAddon } from './client/load-addon.js';
import { type ConnectionSettings, checkSettings, maxRecordSize } from './client/settings.js';
import { KafkaConsumer } from './consumer/kafka-consumer.js';
import { KafkaProducer } from './producer/kafka-producer.js';

/** Options of {@link kafka}. */
export interface KafkaOptions extends ConnectionSettings {
  /** The clock of timeouts and retries; the system's unless set. */
  readonly clock?: Clock;
  /** Receives the log lines of the clients: lost connections, refused requests. Without it they are dropped. */
  readonly log?: Log;
  /**
   * Receives the statistics of librdkafka, of each client every 15 s, or every `statistics.interval.ms` of `client`; none are
   * collected unless set.
   */
  readonly statistics?: (statistics: ClientStatistics) => void;
}

/** The time between two statistics of a client, in ms, unless the user sets another. */
const statisticsInterval = 15_000;

/** Settings of librdkafka, which it checks itself: any name. */
const settings = option.having('an object with settings of librdkafka');

const checks: OptionChecks<KafkaOptions> = {
  brokers: option.required(option.either(option.text, option.listOf(option.text))),
  client: settings,
  consumer: settings,
  producer: settings,
  clock: option.clock,
  log: option.fn,
  statistics: option.fn,
};

/**
 * Creates a transport on a Kafka cluster. Needs one more package: `npm install @confluentinc/kafka-javascript`. Its native
 * code is loaded by the first consumer, producer or admin client, not by this call.
 *
 * Any setting of librdkafka can be set, TLS and SASL among them, except those that the library must own.
 *
 * @throws ConfigError without brokers, for a setting that the library owns, and, from the first client, when the package
 * is missing or too old.
 *
 * @example
 * const app = await start(shop, {
 *   transport: kafka({ brokers: 'localhost:9092', client: { 'security.protocol': 'ssl' } }),
 * })
 */
export const kafka = (options: KafkaOptions): Transport => {
  checkOptions('kafka', options, checks);
  const { clock = systemClock, log = () => {}, statistics, ...given } = options;
  checkSettings(given);
  const client = { 'statistics.interval.ms': statisticsInterval, ...given.client };
  const settings = statistics === undefined ? given : { ...given, client };
  const context = async (): Promise<ClientContext> => ({ addon: await loadAddon(), settings, clock, log, statistics });
  const adminClient = new AdminClient(context, clock);
  return {
    name: `kafka ${brokersOf(settings.brokers)}`,
    system: 'kafka',
    maxRecordSize: maxRecordSize(settings),
    consumer: async (options) => KafkaConsumer.open(await context(), options, adminClient),
    producer: async (options) => KafkaProducer.open(await context(), options),
    admin: () => KafkaAdmin.open(adminClient, clock),
    close: () => adminClient.close(),
  };
};
