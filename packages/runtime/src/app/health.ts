import type { Clock } from '@kstreams/core/graph';
import type { Worker } from '../worker/worker.js';
import type { AppState } from './events.js';
import type { TaskMetadata } from './metadata.js';

/** How far a task is behind in one of its partitions. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** How many offsets lie between the next record to be processed and the end of what may be read. */
  readonly lag: number;
}

/** A task that runs in this process. */
export interface TaskHealth extends TaskMetadata {
  /** Which worker has it. */
  readonly worker: number;
  readonly lags: readonly PartitionLag[];
}

/** How an application is. */
export interface Health {
  /** False when it has ended, or when a worker has not had a turn for a minute: start the process again. */
  readonly live: boolean;
  /** True when all tasks of this process run: it keeps up, and its views answer. */
  readonly ready: boolean;
  readonly tasks: readonly TaskHealth[];
}

/** How long a worker may go without a turn, in ms. */
const longestTurn = 60_000;

/** Asks the log where its partitions end. */
export const healthOf = async (state: AppState, workers: readonly Worker[], clock: Clock): Promise<Health> => {
  const open = state !== 'closed' && state !== 'failed';
  const ofWorkers = open ? await Promise.all(workers.map((worker) => worker.lags())) : [];
  const lags = new Map(ofWorkers.flatMap((ofWorker) => [...ofWorker]));
  return {
    live: open && workers.every(({ lastTurn }) => clock.now() - lastTurn < longestTurn),
    ready: state === 'running',
    tasks: workers.flatMap(({ tasks }, worker) =>
      tasks.running.map(({ id, partition, queues, stores }) => ({
        id,
        worker,
        partition,
        topics: [...queues.keys()],
        stores: stores.open.map(({ spec }) => spec.name),
        lags: [...queues.values()].flatMap((queue) => {
          const lag = lags.get(queue);
          return lag === undefined ? [] : [{ topic: queue.topic, partition, lag }];
        }),
      })),
    ),
  };
};
