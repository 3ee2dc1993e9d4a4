import { type Clock, checkOptions, type OptionChecks, option, systemClock, type Transport } from '@kstreams/core/graph';
import { brokersOf, recordOverhead } from '@kstreams/kafka-common';
import { compressionsAlgorithms } from '@platformatic/kafka';
import { KafkaJsAdmin } from './admin/kafka-js-admin.js';
import type { ClientContext, Log } from './client/context.js';
import { type ConnectionSettings, checkSettings, producerDefaults, settingChecks } from './client/settings.js';
import { KafkaJsConsumer } from './consumer/kafka-js-consumer.js';
import { KafkaJsProducer } from './producer/kafka-js-producer.js';

/** Options of {@link kafkaJs}. */
export interface KafkaJsOptions extends ConnectionSettings {
  /** The clock of timeouts and retries; the system's unless set. */
  readonly clock?: Clock;
  /** Receives the log lines of the clients: lost connections, lost partitions. Without it they are dropped. */
  readonly log?: Log;
}

const checks: OptionChecks<KafkaJsOptions> = { ...settingChecks, clock: option.clock, log: option.fn };

/**
 * Creates a transport on a Kafka cluster in pure JavaScript: it needs no native code. Brokers must have Kafka 3.5 or newer.
 *
 * @throws ConfigError without brokers, for missing credentials, and for an option that the library does not have.
 *
 * @example
 * const app = await start(shop, { transport: kafkaJs({ brokers: 'localhost:9092' }) })
 */
export const kafkaJs = (options: KafkaJsOptions): Transport => {
  checkOptions('kafkaJs', options, checks);
  const { clock = systemClock, log = () => {}, ...settings } = options;
  checkSettings(settings, compressionsAlgorithms.zstd.available);
  const context: ClientContext = { settings, clock, log };
  return {
    name: `kafka ${brokersOf(settings.brokers)}`,
    system: 'kafka',
    maxRecordSize: (settings.producer?.maxRecordBytes ?? producerDefaults.maxRecordBytes) - recordOverhead,
    consumer: (options) => KafkaJsConsumer.open(context, options),
    producer: (options) => KafkaJsProducer.open(context, options),
    admin: () => KafkaJsAdmin.open(context),
    close: async () => {},
  };
};
