import {
  type Position,
  partitionId,
  type RebalanceListener,
  type Subtopology,
  type TopicPartition,
  TransportError,
} from '@kstreams/core/graph';
import type { Task } from '../task/task.js';
import { taskId } from '../task/task-options.js';
import type { Placement } from './placement/placement.js';
import { type ResumeOptions, resumePositions } from './resume-positions.js';
import type { CommittedProgress } from './task-opener.js';
import type { TaskSet } from './task-set.js';
import type { WorkerEvent } from './worker-event.js';

/** The parts of a worker that a rebalance involves. */
export interface RebalanceOptions extends ResumeOptions {
  readonly worker: number;
  readonly tasks: TaskSet;
  readonly placement: Placement;
  /** Drains the calls of leaving tasks, then commits. */
  readonly commit: (leaving: readonly Task[]) => Promise<void>;
  /** Rolls back the open transaction, if there is one. */
  readonly rollBack: (why: string) => Promise<void>;
  readonly emit: (event: WorkerEvent) => void;
}

/**
 * Returns the listener that opens and closes tasks when partitions move.
 *
 * Assigned: fetches positions and begins to open tasks; their partitions stay paused until then, and polls go on. Revoked:
 * commits and closes the tasks before the rebalance continues. Lost: closes the tasks and rolls back their uncommitted
 * output.
 */
export const rebalanceListener = (options: RebalanceOptions): RebalanceListener => {
  const { beginnings, clock, commit, emit, placement, rollBack, tasks, worker } = options;
  const gone = async (kind: 'revoked' | 'lost', partitions: readonly TopicPartition[]): Promise<void> => {
    await tasks.drop(partitions);
    for (const one of partitions) beginnings.delete(partitionId(one));
    emit({ kind, worker, partitions });
  };
  return {
    assigned: async (given) => {
      const partitions = await placement.take(given);
      if (partitions.length > 0) emit({ kind: 'assigned', worker, partitions });
      return beginTasks(partitions, tasks, options);
    },
    revoked: async (taken) => {
      const { complete, partitions } = await placement.leave(taken);
      const leaving = tasks.readers(partitions);
      await commit(leaving);
      for (const { stores, touched } of leaving) if (!touched) stores.markComplete(clock.now());
      await complete();
      await gone('revoked', partitions);
      return partitions;
    },
    lost: async (taken) => {
      const partitions = placement.lose(taken);
      const wrote = tasks.readers(partitions).some(({ touched }) => touched);
      await gone('lost', partitions);
      if (wrote) await rollBack('partitions were lost whose output was not committed');
      return partitions;
    },
  };
};

/** A task and the assigned partitions it reads. */
interface AssignedTask {
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly partitions: TopicPartition[];
  readonly progress: Map<string, CommittedProgress>;
  readonly begins: Map<string, number>;
}

/** Begins to open the tasks of partitions. Resolves to the positions to read on from. */
export const beginTasks = async (
  partitions: readonly TopicPartition[],
  tasks: TaskSet,
  options: ResumeOptions,
): Promise<readonly Position[]> => {
  const { assignment } = options.subscriptions;
  const positions = await resumePositions(partitions, options);
  const assigned = new Map<string, AssignedTask>();
  for (const { begins, offset, topic, partition, progress } of positions) {
    const subtopology = assignment.subtopologyOf(topic);
    if (subtopology === undefined)
      throw new TransportError(
        'a partition was assigned that no source reads: check that all processes run the same topology',
        { topic },
      );
    const id = taskId(subtopology, partition);
    const task: AssignedTask = assigned.get(id) ?? {
      subtopology,
      partition,
      partitions: [],
      progress: new Map(),
      begins: new Map(),
    };
    assigned.set(id, task);
    task.partitions.push({ topic, partition });
    if (progress !== undefined) task.progress.set(topic, progress);
    if (begins) task.begins.set(topic, offset);
  }
  for (const task of assigned.values()) tasks.begin(task, task.partitions);
  return positions.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
};
