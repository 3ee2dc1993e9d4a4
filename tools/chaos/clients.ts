/** The Kafka clients on which the workload runs. */
import { kafkaJs } from '@kstreams/kafka-js';
import type { Transport } from 'kstreams';
import { kafka } from 'kstreams/kafka';

/** The name of a client. */
export type ClientName = keyof typeof clients;

/** The members of a group that notice a death within seconds. */
const [session, heartbeat, longestPoll] = [6_000, 1_500, 60_000];

/** Records in flight outlast an outage. */
const delivery = 900_000;

const clients = {
  librdkafka: (brokers: string, log: (message: string) => void): Transport =>
    kafka({
      brokers,
      log,
      consumer: {
        'session.timeout.ms': session,
        'heartbeat.interval.ms': heartbeat,
        'max.poll.interval.ms': longestPoll,
      },
      producer: { 'message.timeout.ms': delivery },
    }),

  javascript: (brokers: string, log: (message: string) => void): Transport =>
    kafkaJs({
      brokers,
      log,
      consumer: { sessionTimeout: session, heartbeatInterval: heartbeat, maxPollInterval: longestPoll },
      producer: { deliveryTimeout: delivery },
    }),
};

/** Returns the transport of a client. */
export const transportOf = (client: string, brokers: string, log: (message: string) => void = () => {}): Transport => {
  const open = Object.hasOwn(clients, client) ? clients[client as ClientName] : undefined;
  if (open === undefined) throw new Error(`no client "${client}": use ${Object.keys(clients).join(' or ')}`);
  return open(brokers, log);
};
