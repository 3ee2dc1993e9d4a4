/** The Kafka clients on which the workload runs. */
import { kafkaJs } from '@kstreams/kafka-js';
import type { Transport } from 'kstreams';
import { kafka } from 'kstreams/kafka';

/** The name of a client. */
export type ClientName = keyof typeof clients;

/** The settings of a transport. */
interface ClientOptions {
  readonly log?: (message: string) => void;
  /** True when records in flight outlast an outage. */
  readonly outlast?: boolean;
}

/** The members of a group that notice a death within seconds. */
const [session, heartbeat, longestPoll] = [6_000, 1_500, 60_000];

/** Longer than an outage. A transactional producer cannot wait longer than its transaction. */
const delivery = 900_000;

const clients = {
  librdkafka: (brokers: string, { log, outlast }: ClientOptions): Transport =>
    kafka({
      brokers,
      ...(log && { log }),
      consumer: {
        'session.timeout.ms': session,
        'heartbeat.interval.ms': heartbeat,
        'max.poll.interval.ms': longestPoll,
      },
      ...(outlast && { producer: { 'message.timeout.ms': delivery } }),
    }),

  javascript: (brokers: string, { log, outlast }: ClientOptions): Transport =>
    kafkaJs({
      brokers,
      ...(log && { log }),
      consumer: { sessionTimeout: session, heartbeatInterval: heartbeat, maxPollInterval: longestPoll },
      ...(outlast && { producer: { deliveryTimeout: delivery } }),
    }),
};

/** Returns the transport of a client. */
export const transportOf = (client: string, brokers: string, options: ClientOptions = {}): Transport => {
  const open = Object.hasOwn(clients, client) ? clients[client as ClientName] : undefined;
  if (open === undefined) throw new Error(`no client "${client}": use ${Object.keys(clients).join(' or ')}`);
  return open(brokers, options);
};
