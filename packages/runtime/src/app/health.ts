import type { Clock } from '@kstreams/core';
import type { Worker } from '../worker/worker.js';
import type { AppState } from './events.js';

/** How far a task is behind in one of its partitions. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** How many offsets lie between the next record to be processed and the end of what may be read. */
  readonly lag: number;
}

/** A task that runs in this process. */
export interface TaskMetadata {
  /** Its sub-topology's number and its partition: `0_3`. */
  readonly id: string;
  /** Which worker has it. */
  readonly worker: number;
  readonly partition: number;
  readonly topics: readonly string[];
  /** The names of its stores. */
  readonly stores: readonly string[];
}

/** How an application is. */
export interface Health {
  /** False when it has ended, or when a worker has not had a turn for a minute: start the process again. */
  readonly live: boolean;
  /** True when all tasks of this process run: it keeps up, and its views answer. */
  readonly ready: boolean;
  readonly tasks: readonly (TaskMetadata & { readonly lags: readonly PartitionLag[] })[];
}

/** How long a worker may go without a turn, in ms. */
const longestTurn = 60_000;

/** The tasks that run in this process. */
export const metadataOf = (workers: readonly Worker[]): readonly TaskMetadata[] =>
  workers.flatMap(({ tasks }, worker) =>
    tasks.running.map(({ id, partition, queues, stores }) => ({
      id,
      worker,
      partition,
      topics: [...queues.keys()],
      stores: stores.open.map(({ spec }) => spec.name),
    })),
  );

/** Asks the log where its partitions end. */
export const healthOf = async (state: AppState, workers: readonly Worker[], clock: Clock): Promise<Health> => {
  const open = state !== 'closed' && state !== 'failed';
  const lags = open ? await Promise.all(workers.map((worker) => worker.lags())) : [];
  const all = lags.flatMap((ofWorker) => [...ofWorker]);
  return {
    live: open && workers.every(({ lastTurn }) => clock.now() - lastTurn < longestTurn),
    ready: state === 'running',
    tasks: metadataOf(workers).map((task) => ({
      ...task,
      lags: all.flatMap(([{ partition, topic }, lag]) =>
        partition === task.partition && task.topics.includes(topic) ? [{ topic, partition, lag }] : [],
      ),
    })),
  };
};
