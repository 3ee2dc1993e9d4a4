import {
  type Clock,
  type Consumer,
  type Position,
  type RebalanceListener,
  type Subtopology,
  type TopicPartition,
  TransportError,
} from '@kstreams/core';
import type { EmitEvent } from '../app/events.js';
import { taskId } from '../task/task.js';
import type { Reading } from './reading.js';
import { resume } from './resume.js';
import type { Resumed } from './task-opener.js';
import type { TaskSet } from './task-set.js';

/** What a rebalance acts on. */
export interface RebalanceOptions {
  readonly application: string;
  readonly worker: number;
  readonly reading: Reading;
  readonly consumer: Consumer;
  readonly clock: Clock;
  readonly tasks: TaskSet;
  /** Commits all that is done; answers false when the group would not have it. */
  readonly commit: () => Promise<boolean>;
  readonly emit: EmitEvent;
}

/**
 * What a worker does when partitions move. Given: positions are fetched, tasks begin to open, and their partitions stay
 * paused until they are; the poll goes on meanwhile. Taken: finish, commit, close, and only then the group goes on. Lost:
 * close and commit nothing.
 */
export const rebalanceListener = (options: RebalanceOptions): RebalanceListener => {
  const { commit, emit, tasks, worker } = options;
  const gone = async (kind: 'revoked' | 'lost', partitions: readonly TopicPartition[]): Promise<void> => {
    await tasks.drop(partitions);
    emit({ kind, worker, partitions });
  };
  return {
    assigned: async (partitions) => {
      if (partitions.length > 0) emit({ kind: 'assigned', worker, partitions });
      return begin(partitions, options);
    },
    revoked: async (partitions) => {
      await commit();
      await gone('revoked', partitions);
    },
    lost: (partitions) => gone('lost', partitions),
  };
};

/** A task's place, as its partitions are gathered. */
interface AssignedPlace {
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly partitions: TopicPartition[];
  readonly resumed: Map<string, Resumed>;
}

/** Begins the tasks of partitions and answers where those go on. */
const begin = async (
  partitions: readonly TopicPartition[],
  options: RebalanceOptions,
): Promise<readonly Position[]> => {
  const { reading, tasks } = options;
  const { assignment } = reading;
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
