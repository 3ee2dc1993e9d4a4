/** One task of a chain without surroundings: no log, no other task, no disk. */
import { type Clock, planTopology, type Subtopology } from '@kstreams/core/graph';
import { allPolled, Metrics, openTask, type Task } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import type { Streams } from 'kstreams';

/** Opens the first sub-topology of a chain. `wake` runs when calls have completed. */
export const oneTask = (chain: Streams, clock: Clock, wake: () => void = () => {}, metrics = new Metrics()): Task => {
  const { name, subtopologies } = planTopology(chain.build());
  const stopped = openTask({
    application: name,
    subtopology: subtopologies[0] as Subtopology,
    partition: 0,
    storePartitions: [],
    bytes: memoryStore(),
    liveLimit: 1,
    globals: {
      store: () => undefined,
      lookup: (node) => {
        throw new RangeError(`${node} looks up a table that the chain does not have`);
      },
    },
    input: allPolled,
    producer: { send: () => {} },
    topics: { get: () => ({ partitions: 1 }) },
    onError: undefined,
    observer: undefined,
    clock,
    wake,
    metrics,
    requestCommit: () => {},
  });
  return stopped.start();
};
