import type {
  AnyStoreSpec,
  ByteStore,
  Clock,
  Lookup,
  NodeId,
  OnError,
  Subtopology,
  TaskTracing,
} from '@kstreams/core/graph';
import type { CallLimits } from '../async/call-limits.js';
import type { Lineage } from '../async/offset-metadata.js';
import type { Metrics } from '../telemetry/metrics.js';
import type { FailedSends } from './failed-sends.js';
import type { TaskInput } from './partition-group.js';
import type { TaskProducer, TopicPartitions } from './record-collector.js';
import type { RecordJournal } from './record-journal.js';
import type { TaskStores } from './stores/task-stores.js';
import type { TaskEvent } from './task-event.js';
import type { TaskObserver } from './task-observer.js';
import type { TopicLimits } from './topic-limits.js';
import type { WatchedEdges } from './watched-edges.js';

/** Options of a task. */
export interface TaskOptions {
  readonly application: string;
  readonly subtopology: Subtopology;
  readonly partition: number;
  readonly stores: TaskStores;
  readonly globalStore: (spec: AnyStoreSpec) => unknown;
  readonly globalLookup: (node: NodeId) => Lookup<unknown, unknown>;
  readonly input: TaskInput;
  readonly producer: TaskProducer;
  readonly topics: TopicPartitions;
  readonly clock: Clock;
  readonly journal: RecordJournal;
  /** True when a step may need a value that is not loaded. */
  readonly waitsForValues: boolean;
  /** The state backend, where only its rows may not be loaded: once it has them all, no step waits. */
  readonly loading?: Pick<ByteStore, 'waits'> | undefined;
  readonly onError: OnError;
  /** Output that the log refused; undefined without an error policy. */
  readonly failedSends?: FailedSends | undefined;
  /** The sizes of the largest records that topics take; unlimited unless set. */
  readonly topicLimits?: TopicLimits | undefined;
  readonly observer?: TaskObserver | undefined;
  /** The edges that can be watched; none unless set. */
  readonly edges?: WatchedEdges | undefined;
  readonly tracing?: TaskTracing | undefined;
  readonly metrics: Metrics;
  readonly emit?: (event: TaskEvent) => void;
  /** Returns the lineage of the offsets of a topic; none unless set. */
  readonly lineage?: (topic: string) => Lineage;
  readonly requestCommit: () => void;
  /** Called when the task can continue: calls have ended, a value is loaded, the log has replied. */
  readonly wake: () => void;
  /** The limits of calls, shared by tasks; separate ones unless set. */
  readonly limits?: CallLimits;
}

/** Returns the name of a task: the number of its sub-topology and its partition. */
export const taskId = (subtopology: Subtopology, partition: number): string => `${subtopology.id}_${partition}`;

/** A task: one sub-topology on one partition. */
export interface TaskPlace {
  readonly subtopology: Subtopology;
  readonly partition: number;
}

/** Returns the id of a task. */
export const taskIdOf = ({ subtopology, partition }: TaskPlace): string => taskId(subtopology, partition);
