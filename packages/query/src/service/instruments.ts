import type { Instrument } from '@kstreams/core/graph';

const protocol = 'kstreams.query.protocol';
const operation = 'kstreams.query.operation';

/** The instruments of queries, over `http` or `grpc`. */
export const instruments = {
  requests: {
    kind: 'counter',
    name: 'kstreams.query.requests',
    unit: '{request}',
    description:
      'Queries that ended, those of other processes included, by status: `ok` or the code of a problem. Subscriptions count when they begin.',
    attributes: [protocol, operation, 'kstreams.query.status'],
  },

  duration: {
    kind: 'histogram',
    name: 'kstreams.query.duration',
    unit: 's',
    description: 'Time of a query from its request to its result, without subscriptions.',
    attributes: [protocol, operation],
  },

  rows: {
    kind: 'counter',
    name: 'kstreams.query.rows',
    unit: '{row}',
    description: 'Rows in the results of queries, without subscriptions.',
    attributes: [protocol, operation],
  },

  subscribers: {
    kind: 'gauge',
    name: 'kstreams.query.subscribers',
    unit: '{subscriber}',
    description: 'Open subscriptions to changes, those of other processes included.',
    attributes: [protocol],
  },

  droppedSubscribers: {
    kind: 'counter',
    name: 'kstreams.query.subscribers.dropped',
    unit: '{subscriber}',
    description: 'Subscribers that were dropped because they did not read what was sent.',
    attributes: [protocol],
  },
} as const satisfies Record<string, Instrument>;
