import {
  type Clock,
  type Consumer,
  type Position,
  type RebalanceListener,
  type Subtopology,
  sourceTopics,
  type TopicPartition,
  TransportError,
} from '@kstreams/core';
import type { EmitEvent } from '../app/events.js';
import { decodeProgress } from '../task/progress.js';
import { taskId } from '../task/task.js';
import type { Assignment } from './assignment.js';
import type { Resumed } from './task-opener.js';
import type { TaskSet } from './task-set.js';

/** What a rebalance acts on. */
export interface RebalanceOptions {
  readonly application: string;
  readonly worker: number;
  readonly assignment: Assignment;
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
  { application, assignment, clock, consumer, tasks }: RebalanceOptions,
): Promise<readonly Position[]> => {
  const committed = await consumer.committed(partitions);
  const places = new Map<string, AssignedPlace>();
  const positions: Position[] = [];
  for (const [i, one] of partitions.entries()) {
    const subtopology = assignment.subtopologyOf(one.topic);
    if (subtopology === undefined) throw new TransportError('a partition was assigned that nothing reads', one);
    const id = taskId(subtopology, one.partition);
    const place: AssignedPlace = places.get(id) ?? {
      subtopology,
      partition: one.partition,
      partitions: [],
      resumed: new Map(),
    };
    places.set(id, place);
    place.partitions.push(one);
    const found = committed[i];
    const offset = found?.offset ?? (await startOffset(subtopology, one, application, consumer, clock));
    positions.push({ ...one, offset });
    if (found !== undefined) place.resumed.set(one.topic, { offset, time: decodeProgress(found.metadata).time });
  }
  for (const place of places.values()) tasks.begin(place, place.partitions);
  return positions;
};

/** Where a partition begins of which nothing is committed. */
const startOffset = async (
  { sources }: Subtopology,
  one: TopicPartition,
  application: string,
  consumer: Consumer,
  clock: Clock,
): Promise<number> => {
  const from = sources.find((source) => sourceTopics(application, source).includes(one.topic))?.from ?? 'earliest';
  const query = typeof from === 'string' ? from : { timestamp: clock.now() - from.ago };
  const [offset = 0] = await consumer.offsets([one], query);
  return offset;
};
