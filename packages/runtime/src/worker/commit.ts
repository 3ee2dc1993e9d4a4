import type { ByteStore, CommittedOffset, Consumer, Write } from '@kstreams/core/graph';
import { type OpenStore, positionWrite } from '../task/stores/task-stores.js';
import type { Task } from '../task/task.js';
import type { WorkerProducer } from './worker-producer.js';

/** What a commit goes through. */
export interface CommitPath {
  readonly consumer: Consumer;
  readonly producer: WorkerProducer;
  readonly bytes: ByteStore;
}

/**
 * Commits tasks. The order is the promise.
 *
 * At least once: what was computed reaches the log before the offsets say so, and rows that nothing else holds reach the
 * disk before them too; output is acknowledged before anything is said of it in a changelog; rows that a changelog holds come last, in one batch with their positions, so that a crash anywhere
 * between the steps repeats work and loses none.
 *
 * Exactly once: output, changelogs and offsets are one transaction, and rows are written once it stands: one that is
 * aborted has touched no store, and a crash before the rows are written finds them in the changelogs.
 */
export const commitTasks = async (tasks: readonly Task[], { bytes, consumer, producer }: CommitPath): Promise<void> => {
  if (!producer.transactional) await producer.flush();
  const flushed = tasks.map((task) => task.stores.flush((record) => producer.send(record)));
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
  const stores = flushed.flatMap(({ changed }) => changed);
  rows.push(...changelogPositions(stores, offsets, producer));
  if (rows.length > 0) await bytes.commit(rows);
  for (const task of tasks) {
    task.stores.settled();
    task.committed();
    await task.stores.clearExpired();
  }
};

/** Up to where each changelog is in the rows that are about to be written. */
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
