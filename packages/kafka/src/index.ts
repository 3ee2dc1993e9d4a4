/** The transport that speaks to a Kafka cluster. */
export { type KafkaOptions, kafka } from './kafka.js';
export type { ClientSettings, ConnectionSettings } from './settings.js';
