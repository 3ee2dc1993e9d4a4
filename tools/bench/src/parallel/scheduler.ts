import { noBytes, noHeaders, planTopology, type Subtopology, systemClock } from '@kstreams/core';
import { RecordJournal, Task, TaskStores } from '@kstreams/runtime';
import { bytes } from '@kstreams/serde';
import { memoryStore } from '@kstreams/stores';
import { streams, topic } from 'kstreams';

const input = topic('input', { key: bytes, value: bytes });
const at = { topic: input.name, partition: 0, timestamp: 0, key: noBytes, value: noBytes, headers: noHeaders };

/** Records whose calls are answered at once, through a task and its scheduler alone: records per ms. */
export const scheduled = async (records: number): Promise<number> => {
  const app = streams('scheduler');
  let left = records;
  app
    .stream(input)
    .mapAsync(async (value) => value, { order: 'none', concurrency: 100 })
    .forEach(() => {
      left--;
    });
  const { name, subtopologies } = planTopology(app.build());
  const journal = new RecordJournal();
  let woken = (): void => {};
  const task = new Task({
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
    clock: systemClock,
    wake: () => woken(),
    dropped: () => {},
    requestCommit: () => {},
  });
  const begun = performance.now();
  let offset = 0;
  while (left > 0) {
    while (task.settle());
    for (let i = 0; i < 1_000 && offset < records; i++) task.add({ ...at, offset: offset++ });
    while (task.step() === 'done');
    if (left > 0 && !task.intake.completed) {
      await new Promise<void>((resolve) => {
        woken = resolve;
      });
    }
  }
  return records / (performance.now() - begun);
};

/** The same records in a bare loop: records per ms. */
export const bare = async (records: number): Promise<number> => {
  const call = async (value: Uint8Array): Promise<Uint8Array> => value;
  let left = records;
  const begun = performance.now();
  for (let i = 0; i < records; i++) {
    await call(noBytes);
    left--;
  }
  return (records - left) / (performance.now() - begun);
};
