import { type Clock, systemClock, type Transport } from '@kstreams/core/graph';
import { KafkaAdmin } from './admin.js';
import type { Log } from './client.js';
import { type ConsumerContext, KafkaConsumer } from './consumer.js';
import { loadAddon } from './load-addon.js';
import { KafkaProducer } from './producer.js';
import { brokersOf, type ConnectionSettings, checkSettings } from './settings.js';
import { SharedClient } from './shared-client.js';

/** How a cluster is reached. */
export interface KafkaOptions extends ConnectionSettings {
  readonly clock?: Clock;
  /** Is told what the clients say: lost connections, refused requests; nothing is printed unless set. */
  readonly log?: Log;
}

/**
 * A Kafka cluster. Any setting of librdkafka passes through, TLS and SASL among them, but those the library must own.
 *
 * @example
 * const app = await start(shop, {
 *   transport: kafka({ brokers: 'localhost:9092', client: { 'security.protocol': 'ssl' } }),
 * })
 */
export const kafka = ({ clock = systemClock, log = () => {}, ...settings }: KafkaOptions): Transport => {
  checkSettings(settings);
  const addon = () => loadAddon();
  const shared = new SharedClient(addon, settings, clock, log);
  const context = async () => ({ addon: await addon(), settings, clock, log });
  return {
    name: `kafka ${brokersOf(settings.brokers)}`,
    consumer: async (options) => {
      const closed = shared.use();
      try {
        const offsets: ConsumerContext['offsets'] = (...asked) => shared.offsets(...asked);
        return await KafkaConsumer.open({ ...(await context()), offsets, closed }, options);
      } catch (failure) {
        await closed();
        throw failure;
      }
    },
    producer: async (options) => KafkaProducer.open(await context(), options),
    admin: () => KafkaAdmin.open(shared),
    close: () => shared.close(),
  };
};
