import type { Subtopology } from '@kstreams/core/graph';
import { allPolled, Metrics, type OpenTaskOptions } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';

/** Returns the options of a task in memory, without stores, on a log that drops its output. */
export const taskOptions = (subtopology: Subtopology): OpenTaskOptions => ({
  application: 'app',
  subtopology,
  partition: 0,
  storePartitions: [],
  bytes: memoryStore(),
  liveLimit: 1,
  globals: {
    store: () => undefined,
    lookup: (node) => {
      throw new RangeError(`there is no table ${node}`);
    },
  },
  input: allPolled,
  producer: { send: () => {} },
  topics: { get: () => ({ partitions: 1 }) },
  clock: { now: () => 1_000, monotonic: () => 0, after: () => () => {} },
  onError: undefined,
  observer: undefined,
  wake: () => {},
  metrics: new Metrics(),
  requestCommit: () => {},
});
