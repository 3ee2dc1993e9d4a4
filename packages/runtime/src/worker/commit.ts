import type { ByteStore, CommittedOffset, Consumer, Producer, Write } from '@kstreams/core';
import { positionWrite } from '../state/task-stores.js';
import type { Task } from '../task/task.js';

/** What a commit goes through. */
export interface CommitPath {
  readonly consumer: Consumer;
  readonly producer: Producer;
  readonly bytes: ByteStore;
}

/**
 * Commits tasks at least once. The order is the promise: what was computed reaches the log before the offsets say so,
 * and rows that nothing else holds reach the disk before them too; rows that a changelog holds come last, in one batch
 * with their positions, so that a crash anywhere between the steps repeats work and loses none.
 */
export const commitTasks = async (tasks: readonly Task[], { bytes, consumer, producer }: CommitPath): Promise<void> => {
  const logged: Write[] = [];
  const unlogged: Write[] = [];
  for (const task of tasks) {
    const writes = task.stores.flush((record) => producer.send(record));
    logged.push(...writes.logged);
    unlogged.push(...writes.unlogged);
  }
  await producer.flush();
  if (unlogged.length > 0) await bytes.commit(unlogged);
  const offsets = tasks.flatMap((task) => task.offsets());
  if (offsets.length > 0) await consumer.commit(offsets);
  const positions = changelogPositions(tasks, offsets, producer);
  if (logged.length + positions.length > 0) await bytes.commit([...logged, ...positions]);
  for (const task of tasks) {
    task.stores.settled();
    task.committed();
    await task.stores.clearExpired();
  }
};

/** Up to where each changelog is in the rows that are about to be written. */
const changelogPositions = (
  tasks: readonly Task[],
  offsets: readonly CommittedOffset[],
  producer: Producer,
): readonly Write[] =>
  tasks.flatMap((task) =>
    task.stores.open.flatMap(({ changelog, partition, spec }) => {
      if (changelog === undefined) return [];
      const { own, topic } = changelog;
      const at = own
        ? producer.acknowledged({ topic, partition })
        : offsets.find((one) => one.topic === topic && one.partition === partition)?.offset;
      return at === undefined ? [] : [positionWrite(spec.name, partition, at)];
    }),
  );
