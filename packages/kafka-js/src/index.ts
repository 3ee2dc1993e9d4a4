/**
 * Kafka transport in pure JavaScript.
 *
 * @module @kstreams/kafka-js
 */

export type { Log } from './client/context.js';
export type { Compression, ConsumerSettings, Credential, ProducerSettings, SaslSettings } from './client/settings.js';
export { type KafkaJsOptions, kafkaJs } from './kafka-js.js';
