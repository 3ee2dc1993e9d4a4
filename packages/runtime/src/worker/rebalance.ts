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
import { type ResumeOptions, resume } from './resume-positions.js';
import type { Resumed } from './task-opener.js';
import type { TaskSet } from './task-set.js';
import type { WorkerEvent } from './worker-event.js';

/** What a rebalance acts on. */
export interface RebalanceOptions extends ResumeOptions {
  readonly worker: number;
  readonly tasks: TaskSet;
  /** Commits all that is done, if the group will have it, once the calls of tasks that leave have ended. */
  readonly commit: (leaving: readonly Task[]) => Promise<void>;
  /** Takes back what all tasks wrote since the last commit, where that is one transaction. */
  readonly rollBack: (why: string) => Promise<void>;
  readonly emit: (event: WorkerEvent) => void;
}

/**
 * What a worker does when partitions move. Given: positions are fetched, tasks begin to open, and their partitions stay
 * paused until they are; the poll goes on meanwhile. Taken: finish, commit, close, and only then the group goes on. Lost:
 * close and commit nothing, nor what a transaction holds of it.
 */
export const rebalanceListener = (options: RebalanceOptions): RebalanceListener => {
  const { beginnings, commit, emit, rollBack, tasks, worker } = options;
  const gone = async (kind: 'revoked' | 'lost', partitions: readonly TopicPartition[]): Promise<void> => {
    await tasks.drop(partitions);
    for (const one of partitions) beginnings.delete(partitionId(one));
    emit({ kind, worker, partitions });
  };
  return {
    assigned: async (partitions) => {
      if (partitions.length > 0) emit({ kind: 'assigned', worker, partitions });
      return beginTasks(partitions, tasks, options);
    },
    revoked: async (partitions) => {
      await commit(tasks.readers(partitions));
      await gone('revoked', partitions);
    },
    lost: async (partitions) => {
      const wrote = tasks.readers(partitions).some(({ touched }) => touched);
      await gone('lost', partitions);
      if (wrote) await rollBack('partitions were lost whose output was not committed');
    },
  };
};

/** A task's place, as its partitions are gathered. */
interface AssignedPlace {
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly partitions: TopicPartition[];
  readonly resumed: Map<string, Resumed>;
}

/** Begins the tasks of partitions and answers where those go on: at what is committed. */
export const beginTasks = async (
  partitions: readonly TopicPartition[],
  tasks: TaskSet,
  options: ResumeOptions,
): Promise<readonly Position[]> => {
  const { assignment } = options.subscriptions;
  const resumptions = await resume(partitions, options);
  const places = new Map<string, AssignedPlace>();
  for (const { topic, partition, resumed } of resumptions) {
    const subtopology = assignment.subtopologyOf(topic);
    if (subtopology === undefined) throw new TransportError('a partition was assigned that nothing reads', { topic });
    const id = taskId(subtopology, partition);
    const place: AssignedPlace = places.get(id) ?? { subtopology, partition, partitions: [], resumed: new Map() };
    places.set(id, place);
    place.partitions.push({ topic, partition });
    if (resumed !== undefined) place.resumed.set(topic, resumed);
  }
  for (const place of places.values()) tasks.begin(place, place.partitions);
  return resumptions.map(({ topic, partition, offset }) => ({ topic, partition, offset }));
};
