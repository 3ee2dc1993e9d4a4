import type { Cancel, Instrument, Telemetry } from '@kstreams/core/graph';

const client = 'messaging.client.id';

/** The instruments of Kafka clients. */
export const instruments = {
  buffered: {
    kind: 'gauge',
    name: 'kstreams.consumer.buffered',
    unit: '{record}',
    description: 'Records that the consumer fetched and that were not polled.',
    attributes: [client],
  },

  queued: {
    kind: 'gauge',
    name: 'kstreams.producer.queued',
    unit: '{record}',
    description: 'Records that wait for room in the queue of the client, or for a transaction to begin.',
    attributes: [client],
  },

  failures: {
    kind: 'counter',
    name: 'kstreams.producer.failures',
    unit: '{record}',
    description: 'Records that the client or a broker refused, those of aborted transactions not included.',
    attributes: [client],
  },
} as const satisfies Record<string, Instrument>;

/** Registers the instruments of a producer, if there is telemetry; returns their removals. */
export const producerInstruments = (
  telemetry: Telemetry | undefined,
  clientId: string,
  { failures, queued }: { readonly queued: () => number; readonly failures: () => number },
): readonly Cancel[] => {
  if (telemetry === undefined) return [];
  const attributes = { [client]: clientId };
  return [
    telemetry.gauge(instruments.queued, attributes, queued),
    telemetry.counter(instruments.failures, attributes, failures),
  ];
};
