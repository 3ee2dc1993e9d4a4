import type { Instrument } from '@kstreams/core/graph';

const client = 'messaging.client.id';

/** The instruments of clients of the embedded log. */
export const instruments = {
  buffered: {
    kind: 'gauge',
    name: 'kstreams.consumer.buffered',
    unit: '{record}',
    description: 'Records that the consumer fetched and that were not polled.',
    attributes: [client],
  },

  logReads: {
    kind: 'counter',
    name: 'kstreams.log.reads',
    unit: '{read}',
    description: 'Reads of the embedded log by a consumer: `hit` from memory, or `miss` from the storage.',
    attributes: [client, 'kstreams.cache.result'],
  },
} as const satisfies Record<string, Instrument>;
