/** One task of a chain, with nothing around it: no log, no other task, no store on a disk. */
import { type Clock, planTopology, type Subtopology } from '@kstreams/core';
import { RecordJournal, Task, TaskStores } from '@kstreams/runtime';
import { memoryStore } from '@kstreams/stores';
import type { Streams } from 'kstreams';

/** Opens the first sub-topology of a chain; `wake` is called when calls have ended. */
export const oneTask = (chain: Streams, clock: Clock, wake: () => void = () => {}): Task => {
  const { name, subtopologies } = planTopology(chain.build());
  const journal = new RecordJournal();
  return new Task({
    application: name,
    subtopology: subtopologies[0] as Subtopology,
    partition: 0,
    stores: new TaskStores({ places: [], bytes: memoryStore(), journal, liveLimit: 1, full: () => {} }),
    journal,
    journaled: false,
    globalStore: () => undefined,
    globalLookup: (node) => {
      throw new RangeError(`${node} looks up a table that the chain does not have`);
    },
    outlet: { partitions: () => 1, send: () => {} },
    onError: () => 'fail',
    clock,
    wake,
    dropped: () => {},
    requestCommit: () => {},
  });
};
