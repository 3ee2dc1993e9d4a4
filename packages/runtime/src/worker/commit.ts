import { type ByteStore, type CommittedOffset, type Consumer, retryPending, type Write } from '@kstreams/core/graph';
import { type OpenStore, positionWrite, type StoreWrites } from '../task/stores/task-stores.js';
import type { Task } from '../task/task.js';
import type { WorkerProducer } from './worker-producer.js';

/** The clients and the store that a commit writes to. */
export interface CommitPath {
  readonly consumer: Consumer;
  readonly producer: WorkerProducer;
  readonly bytes: ByteStore;
}

/**
 * Commits tasks. The order of the steps gives the guarantee.
 *
 * At least once: output is acknowledged, then changelogs, then unlogged rows are written, then offsets are committed. Logged
 * rows come last, in one batch with their changelog positions. A crash between two steps repeats work and loses none.
 *
 * Exactly once: output, changelogs and offsets are one transaction; rows are written after it. An aborted transaction
 * touches no store, and a crash before the rows are written restores them from the changelogs.
 */
export const commitTasks = async (tasks: readonly Task[], { bytes, consumer, producer }: CommitPath): Promise<void> => {
  if (!producer.transactional) await producer.flush();
  const flushed: StoreWrites[] = [];
  for (const { stores } of tasks)
    flushed.push(await retryPending(() => stores.flush((record) => producer.send(record))));
  const rows = flushed.flatMap(({ logged }) => logged);
  const unlogged = flushed.flatMap((writes) => writes.unlogged);
  const offsets = tasks.flatMap((task) => task.offsets());
  if (producer.transactional) {
    await producer.commit(offsets, consumer);
    rows.push(...unlogged);
  } else {
    await producer.flush();
    if (unlogged.length > 0) await bytes.commit(unlogged);
    if (offsets.length > 0) await consumer.commit(offsets);
  }
  const stores = flushed.flatMap(({ changed }) => [...changed]);
  rows.push(...changelogPositions(stores, offsets, producer));
  if (rows.length > 0) await bytes.commit(rows);
  for (const task of tasks) {
    task.stores.markCommitted();
    task.committed();
    await task.stores.clearExpired();
  }
};

/** Returns the writes of the changelog positions that belong to the rows of this commit. */
const changelogPositions = (
  stores: readonly OpenStore[],
  offsets: readonly CommittedOffset[],
  producer: WorkerProducer,
): readonly Write[] =>
  stores.flatMap(({ changelog, partition, spec }) => {
    if (changelog === undefined) return [];
    const { id, own, topic } = changelog;
    const at = own
      ? producer.acknowledged({ topic, partition })
      : offsets.find((one) => one.topic === topic && one.partition === partition)?.offset;
    return at === undefined ? [] : [positionWrite(spec.name, partition, at, id)];
  });
