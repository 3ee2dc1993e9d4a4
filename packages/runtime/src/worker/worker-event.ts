import type { TopicPartition } from '@kstreams/core/graph';
import type { RestoreEvent } from '../restore/restore-event.js';
import type { TaskEvent } from '../task/task-event.js';

/** Something that happened to a worker or to one of its tasks. */
export type WorkerEvent =
  /** Partitions were assigned, revoked after a commit, or lost before a commit was possible. */
  | {
      readonly kind: 'assigned' | 'revoked' | 'lost';
      readonly worker: number;
      readonly partitions: readonly TopicPartition[];
    }
  /** The worker is no longer a member of its group and joins again. */
  | { readonly kind: 'fenced'; readonly worker: number; readonly error: Error }
  /** The worker failed and another one takes its place. */
  | { readonly kind: 'replaced'; readonly worker: number; readonly error: Error }
  /** A commit failed; the worker drops its uncommitted work and continues from the last commit. */
  | { readonly kind: 'rolled-back'; readonly worker: number; readonly error: Error }
  /** The topics of the worker changed; it joins its group again and continues from the last commit. */
  | { readonly kind: 'replanned'; readonly worker: number; readonly error: Error }
  /** The worker committed the work of these tasks. */
  | { readonly kind: 'committed'; readonly worker: number; readonly tasks: readonly string[] }
  /**
   * The log deleted records before they were read, `count` offsets `from` … `to`, or the partition ends before `from`. Reading
   * continues with the oldest record, or at the end, or the application fails.
   */
  | {
      readonly kind: 'records-removed';
      /** Absent for a global table, which no worker reads. */
      readonly worker?: number;
      readonly topic: string;
      readonly partition: number;
      readonly from: number;
      readonly to: number;
      readonly count: number;
      readonly next: 'fail' | 'earliest' | 'latest';
    }
  | TaskEvent
  | RestoreEvent;
