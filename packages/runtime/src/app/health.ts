import type { Clock, TopicPartition } from '@kstreams/core/graph';
import type { AppState } from './events.js';
import type { TaskMetadata } from './metadata.js';

/** The lag of a task in one of its partitions. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** The number of offsets between the next record to process and the readable end of the partition. */
  readonly lag: number;
}

/** A running task of this process. */
export interface TaskHealth extends TaskMetadata {
  /** The index of its worker. */
  readonly worker: number;
  readonly lags: readonly PartitionLag[];
}

/** Liveness, readiness and tasks of an application. */
export interface Health {
  /** False when the application has ended, or when a worker has been stuck for a minute: restart the process. */
  readonly live: boolean;
  /** True when all tasks of this process run and its views can be read. */
  readonly ready: boolean;
  readonly tasks: readonly TaskHealth[];
}

/** The part of a worker that health uses. */
export interface HealthSource {
  /** The monotonic time of the last turn, in ms. */
  readonly lastTurn: number;
  readonly tasks: { readonly running: readonly HealthSourceTask[] };
  /** Resolves to the lag of each queue of its tasks. */
  lags(): Promise<ReadonlyMap<TopicPartition, number>>;
}

/** The part of a task that health uses. */
export interface HealthSourceTask {
  readonly id: string;
  readonly partition: number;
  /** By topic. */
  readonly queues: ReadonlyMap<string, TopicPartition>;
  readonly stores: { readonly open: readonly { readonly spec: { readonly name: string } }[] };
}

/** The longest turn of a live worker, in ms. */
const longestTurn = 60_000;

/** Resolves to the health of an application. Requests the ends of its partitions from the log. */
export const healthOf = async (
  state: AppState,
  workers: readonly HealthSource[],
  clock: Pick<Clock, 'monotonic'>,
): Promise<Health> => {
  const open = state !== 'closed' && state !== 'failed';
  const ofWorkers = open ? await Promise.all(workers.map((worker) => worker.lags())) : [];
  const lags = new Map(ofWorkers.flatMap((ofWorker) => [...ofWorker]));
  return {
    live: open && workers.every(({ lastTurn }) => clock.monotonic() - lastTurn < longestTurn),
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
