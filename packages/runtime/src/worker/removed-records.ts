import { type ConsumerOptions, partitionId, TransportError } from '@kstreams/core/graph';
import type { Metrics } from '../telemetry/metrics.js';
import type { WorkerEvent } from './worker-event.js';

/** The effect of records that the log deleted before they were read. */
export type RemovedRecordsPolicy = 'fail' | 'earliest' | 'latest';

/** Options for reporting removed records. */
export interface RemovedRecordsOptions {
  /** The worker that reads; undefined for a global table. */
  readonly index: number | undefined;
  readonly removedRecords: RemovedRecordsPolicy;
  readonly metrics: Pick<Metrics, 'removed'>;
  readonly emit: (event: WorkerEvent) => void;
}

/** Returns a consumer's callback for removed records: it counts and reports them, and applies the policy. */
export const onRemovedRecords =
  ({ emit, index, metrics, removedRecords }: RemovedRecordsOptions): NonNullable<ConsumerOptions['removed']> =>
  (records) => {
    const { from, partition, to, topic } = records;
    const count = Math.max(0, to - from);
    metrics.removed(topic, count);
    const worker = index === undefined ? {} : { worker: index };
    emit({ kind: 'records-removed', ...worker, topic, partition, from, to, count, next: removedRecords });
    if (removedRecords !== 'fail') return removedRecords;
    const what =
      to > from
        ? `the log deleted ${count} records before they were read, from offset ${from} to ${to} of ${partitionId(records)}`
        : `${partitionId(records)} ends before offset ${from}, which is the next to read`;
    throw new TransportError(
      `${what}: keep records for longer than the application may be behind, and start with removedRecords "earliest" or "latest"`,
      { topic, partition },
    );
  };
