import type { Clock, TopicPartition } from '@kstreams/core/graph';
import type { AppState } from './events.js';
import type { TaskMetadata } from './metadata.js';

/** The lag of a task in one of its partitions. */
export interface PartitionLag {
  readonly topic: string;
  readonly partition: number;
  /** The number of offsets between the next record to process and the readable end of the partition, as of its last fetch. */
  readonly lag: number;
}

/** A running task of this process. */
export interface TaskHealth extends TaskMetadata {
  /** The index of its worker. */
  readonly worker: number;
  /** Without partitions that were not fetched yet. */
  readonly lags: readonly PartitionLag[];
}

/** Liveness, readiness and tasks of an application. */
export interface Health {
  /**
   * False when the application has ended, or when a worker has been stuck for a minute: restart the process. A worker that
   * waits for the log is not stuck.
   */
  readonly live: boolean;
  /** True when this process has tasks, all of them run, and its views can be read. */
  readonly ready: boolean;
  readonly tasks: readonly TaskHealth[];
}

/** The part of a worker that health uses. */
export interface HealthSource {
  /** The monotonic time at which its turn or its last wait for the log began or ended, in ms. */
  readonly lastTurn: number;
  /** True while it waits for the log. */
  readonly awaitsLog: boolean;
  readonly tasks: { readonly running: readonly HealthSourceTask[] };
  /** Returns the known lag of a queue of its tasks. */
  lag(queue: TopicPartition): number | undefined;
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

/** Returns the health of an application from what is known, without a request to the log. */
export const healthOf = (
  state: AppState,
  workers: readonly HealthSource[],
  clock: Pick<Clock, 'monotonic'>,
): Health => {
  const open = state !== 'closed' && state !== 'failed';
  const moves = ({ awaitsLog, lastTurn }: HealthSource): boolean =>
    awaitsLog || clock.monotonic() - lastTurn < longestTurn;
  return {
    live: open && workers.every(moves),
    ready: state === 'running' && workers.some(({ tasks }) => tasks.running.length > 0),
    tasks: workers.flatMap((one, worker) =>
      one.tasks.running.map(({ id, partition, queues, stores }) => ({
        id,
        worker,
        partition,
        topics: [...queues.keys()],
        stores: stores.open.map(({ spec }) => spec.name),
        lags: [...queues.values()].flatMap((queue) => {
          const lag = open ? one.lag(queue) : undefined;
          return lag === undefined ? [] : [{ topic: queue.topic, partition, lag }];
        }),
      })),
    ),
  };
};
