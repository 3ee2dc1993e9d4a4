import { sourceTopics } from '@kstreams/core/graph';
import { type TaskPlace, taskIdOf } from '../../task/task-options.js';
import { beginTasks } from '../rebalance.js';
import { type ResumeOptions, resumePositions } from '../resume-positions.js';
import type { TaskSet } from '../task-set.js';

/**
 * Adds partitions to the running tasks of a worker that read them since topics matched a pattern or grew, and begins those of
 * its `fixed` tasks that are new. Needs no rebalance: the partitions are assigned directly and start from their committed
 * offsets.
 */
export const addPartitions = async (
  tasks: TaskSet,
  fixed: readonly TaskPlace[],
  options: ResumeOptions,
): Promise<void> => {
  await beginAdded(tasks, fixed, options);
  await addToRunning(tasks, options);
};

const beginAdded = async (tasks: TaskSet, fixed: readonly TaskPlace[], options: ResumeOptions): Promise<void> => {
  const { consumer, subscriptions } = options;
  const known = new Set([...tasks.opening, ...tasks.running.map(({ id }) => id)]);
  const added = fixed.filter((task) => !known.has(taskIdOf(task)));
  const partitions = added.flatMap((task) => subscriptions.assignment.partitionsOf(task));
  if (partitions.length === 0) return;
  // Their tasks let them flow once they are open.
  consumer.assign(await beginTasks(partitions, tasks, options));
  consumer.pause(partitions);
};

const addToRunning = async (tasks: TaskSet, options: ResumeOptions): Promise<void> => {
  const { application, consumer, subscriptions } = options;
  const { assignment } = subscriptions;
  const joining = tasks.running.flatMap((task) => {
    const partitions = assignment.partitionsOf(task);
    return partitions.flatMap((one) => (consumer.position(one) === undefined ? [{ task, one }] : []));
  });
  if (joining.length === 0) return;
  const positions = await resumePositions(
    joining.map(({ one }) => one),
    options,
  );
  for (const [i, { task }] of joining.entries()) {
    const { begins, offset, topic, progress } = positions[i] as (typeof positions)[number];
    const sources = assignment.subtopologyOf(topic)?.sources ?? [];
    const source = sources.find((candidate) => sourceTopics(application, candidate).includes(topic));
    if (source === undefined) continue;
    tasks.addTopic(task, source.id, topic, progress);
    if (begins) task.begin(topic, offset);
  }
  consumer.assign(positions.map(({ topic, partition, offset }) => ({ topic, partition, offset })));
};
