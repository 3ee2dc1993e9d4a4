import type { Instrument } from '@kstreams/core/graph';

/** The instruments of state in Level. */
export const instruments = {
  size: {
    kind: 'gauge',
    name: 'kstreams.state.size',
    unit: 'By',
    description: 'Approximate size of the state on disk, without the newest rows; as of the collection before.',
    attributes: ['kstreams.state.backend'],
  },
} as const satisfies Record<string, Instrument>;
