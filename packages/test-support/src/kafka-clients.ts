/** The clients of Kafka, for suites that run on both. */
import { kafkaJs } from '@kstreams/kafka-js';
import type { Transport } from 'kstreams';
import { kafka } from 'kstreams/kafka';

/** The settings of members that tests change. Times in ms. */
export interface MemberTimes {
  readonly heartbeat?: number;
  readonly session?: number;
  readonly metadataRefresh?: number;
}

/** Opens a transport on a cluster. */
export type OpenKafka = (brokers: string, times?: MemberTimes) => Transport;

/** The transports by the name of their client. */
export const kafkaClients: readonly (readonly [name: string, open: OpenKafka])[] = [
  [
    'librdkafka',
    (brokers, { heartbeat, metadataRefresh, session } = {}) =>
      kafka({
        brokers,
        consumer: {
          ...(heartbeat === undefined ? {} : { 'heartbeat.interval.ms': heartbeat }),
          ...(session === undefined ? {} : { 'session.timeout.ms': session }),
          ...(metadataRefresh === undefined ? {} : { 'topic.metadata.refresh.interval.ms': metadataRefresh }),
        },
      }),
  ],
  [
    'JavaScript',
    (brokers, { heartbeat, metadataRefresh, session } = {}) =>
      kafkaJs({
        brokers,
        consumer: {
          ...(heartbeat === undefined ? {} : { heartbeatInterval: heartbeat }),
          ...(session === undefined ? {} : { sessionTimeout: session }),
          ...(metadataRefresh === undefined ? {} : { metadataRefresh }),
        },
      }),
  ],
];
