/**
 * Kafka as the transport of an application; a separate entry, so that the main one runs in a browser.
 *
 * @module kstreams/kafka
 */

export { type ClientSettings, type ConnectionSettings, type KafkaOptions, kafka } from '@kstreams/kafka';
