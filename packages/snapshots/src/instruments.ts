import type { Instrument } from '@kstreams/core/graph';

/** The instruments of snapshots. */
export const instruments = {
  snapshots: {
    kind: 'counter',
    name: 'kstreams.snapshots',
    unit: '{snapshot}',
    description: 'Snapshots of a partition of a store: `full` with all of its rows, or `delta` with the changed ones.',
    attributes: ['kstreams.snapshot.kind'],
  },

  failures: {
    kind: 'counter',
    name: 'kstreams.snapshot.failures',
    unit: '{snapshot}',
    description: 'Snapshots that could not be written; they are tried again.',
    attributes: [],
  },

  written: {
    kind: 'counter',
    name: 'kstreams.snapshot.written',
    unit: 'By',
    description: 'Bytes written to the bucket.',
    attributes: [],
  },

  recoveries: {
    kind: 'counter',
    name: 'kstreams.snapshot.recoveries',
    unit: '{recovery}',
    description: 'Lost partitions of stores: `loaded` from a snapshot, or `none` where there was no valid one.',
    attributes: ['kstreams.snapshot.result'],
  },

  loading: {
    kind: 'gauge',
    name: 'kstreams.snapshot.loading',
    unit: '{partition}',
    description: 'Partitions of stores of which some rows are in a snapshot only, and not on the local disk.',
    attributes: [],
  },

  local: {
    kind: 'gauge',
    name: 'kstreams.snapshot.local',
    unit: 'By',
    description: 'Rows of those partitions on the local disk, about; 0 unless the option `disk` bounds them.',
    attributes: [],
  },

  pending: {
    kind: 'gauge',
    name: 'kstreams.snapshot.pending',
    unit: 'By',
    description: 'Memory of the changed rows that no snapshot has yet.',
    attributes: [],
  },

  age: {
    kind: 'gauge',
    name: 'kstreams.snapshot.age',
    unit: 's',
    description: 'Time since the oldest change that no snapshot has yet; 0 without one.',
    attributes: [],
  },
} as const satisfies Record<string, Instrument>;
