/** Kafka transport. */
export type { ClientSettings, ConnectionSettings } from './client/settings.js';
export { type KafkaOptions, kafka } from './kafka.js';
