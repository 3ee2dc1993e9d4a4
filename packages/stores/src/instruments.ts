import type { Instrument } from '@kstreams/core/graph';

const backend = 'kstreams.state.backend';

/** The instruments of the state backends in this package. */
export const instruments = {
  rows: {
    kind: 'gauge',
    name: 'kstreams.state.rows',
    unit: '{row}',
    description: 'Rows of the state backend, those of all stores and changelog positions.',
    attributes: [backend],
  },

  cacheReads: {
    kind: 'counter',
    name: 'kstreams.state.cache.reads',
    unit: '{read}',
    description: 'Reads of a cache over remote storage: `hit`, or `miss` that waits for a load.',
    attributes: ['kstreams.cache.result'],
  },

  cacheLoads: {
    kind: 'counter',
    name: 'kstreams.state.cache.loads',
    unit: '{request}',
    description: 'Requests to remote storage that load rows, each with the missed and prefetched keys of one turn.',
    attributes: [],
  },

  cacheSize: {
    kind: 'gauge',
    name: 'kstreams.state.cache.size',
    unit: 'By',
    description: 'Memory of the rows of a cache that the remote storage has too.',
    attributes: [],
  },

  cacheUnwritten: {
    kind: 'gauge',
    name: 'kstreams.state.cache.unwritten',
    unit: '{row}',
    description: 'Rows of a cache that the remote storage does not have yet.',
    attributes: [],
  },
} as const satisfies Record<string, Instrument>;
