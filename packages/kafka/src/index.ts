/** Kafka transport. */
export type { ClientStatistics } from './client/connect.js';
export type { ClientSettings, ConnectionSettings } from './client/settings.js';
export { type KafkaOptions, kafka } from './kafka.js';
