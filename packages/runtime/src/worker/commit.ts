import {
  type ByteStore,
  type Clock,
  type CommittedOffset,
  positionWrite,
  retryPending,
  type TimeSlice,
  type Write,
} from '@kstreams/core/graph';
import type { StorePartition } from '../task/stores/store-partition.js';
import { positionAt } from '../task/stores/stored-position.js';
import type { StoreWrites, TaskStores } from '../task/stores/task-stores.js';
import type { Task } from '../task/task.js';
import type { WorkerProducer } from './worker-producer.js';

/** The part of a task that a commit uses. */
export interface CommittableTask extends Pick<Task, 'offsets' | 'committed'> {
  readonly stores: Pick<TaskStores, 'flush' | 'markCommitted' | 'markComplete' | 'clearExpired'>;
}

/** The log and the state backend that a commit writes to. */
export interface CommitTarget {
  readonly producer: Pick<WorkerProducer, 'transactional' | 'send' | 'flush' | 'acknowledged'>;
  /** Commits offsets; with transactions, together with the sent records. */
  readonly commitOffsets: (offsets: readonly CommittedOffset[]) => Promise<void>;
  readonly bytes: Pick<ByteStore, 'commit'>;
  readonly clock: Pick<Clock, 'now'>;
  /** Ends between the flushes of tasks. */
  readonly slice: Pick<TimeSlice, 'yieldIfOver'>;
}

/**
 * Commits tasks. The order of the steps gives the guarantee.
 *
 * At least once:
 * 1. Output is acknowledged, then the changelogs.
 * 2. Rows without a changelog are written.
 * 3. Offsets are committed.
 * 4. Rows with a changelog are written, in one batch with their changelog positions.
 *
 * A crash between two steps repeats work and loses none.
 *
 * Exactly once:
 * 1. Output, changelogs and offsets are committed in one transaction.
 * 2. All rows are written, in one batch with their changelog positions.
 *
 * An aborted transaction writes no row. A crash before the rows are written restores them from the changelogs.
 */
export const commitTasks = async (
  tasks: readonly CommittableTask[],
  { bytes, clock, commitOffsets, producer, slice }: CommitTarget,
): Promise<void> => {
  // Taken before any record is written: deletes that others write later are kept for longer.
  const time = clock.now();
  if (!producer.transactional) await producer.flush();
  const flushed: StoreWrites[] = [];
  for (const { stores } of tasks) {
    await slice.yieldIfOver();
    flushed.push(await retryPending(() => stores.flush((record) => producer.send(record))));
  }
  const logged = flushed.flatMap((writes) => writes.logged);
  const unlogged = flushed.flatMap((writes) => writes.unlogged);
  const offsets = tasks.flatMap((task) => task.offsets());
  if (producer.transactional) {
    await commitOffsets(offsets);
  } else {
    await producer.flush();
    if (unlogged.length > 0) await bytes.commit(unlogged);
    if (offsets.length > 0) await commitOffsets(offsets);
  }
  const stores = flushed.flatMap(({ changed }) => [...changed]);
  const positions = changelogPositions(stores, offsets, producer, time);
  const rows = [...logged, ...(producer.transactional ? unlogged : []), ...positions];
  if (rows.length > 0) await bytes.commit(rows);
  for (const task of tasks) {
    task.stores.markCommitted();
    task.stores.markComplete(time);
    task.committed();
    await task.stores.clearExpired();
  }
};

/** Returns the writes of the changelog positions that belong to the rows of this commit. */
const changelogPositions = (
  stores: readonly StorePartition[],
  offsets: readonly CommittedOffset[],
  producer: CommitTarget['producer'],
  time: number,
): readonly Write[] =>
  stores.flatMap((store) => {
    const { changelog, partition, spec } = store;
    if (changelog === undefined) return [];
    const { own, topic } = changelog;
    const at = own
      ? producer.acknowledged({ topic, partition })
      : offsets.find((one) => one.topic === topic && one.partition === partition)?.offset;
    if (at === undefined) return [];
    return [positionWrite(spec.name, partition, positionAt(store, at, time, own && producer.transactional))];
  });
