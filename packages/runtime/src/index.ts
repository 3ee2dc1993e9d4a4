/** Runs topologies: tasks, workers, commits, restores. */
export type { App, StartedApplication, StoreMetadata } from './app/app.js';
export { clearState } from './app/clear-state.js';
export type { AppEvent, AppState } from './app/events.js';
export type { Extension } from './app/extension.js';
export type { Health, PartitionLag, TaskHealth } from './app/health.js';
export type { Logger } from './app/logger.js';
export type { InstanceMetadata, KeyMetadata, Metadata, TaskMetadata } from './app/metadata.js';
export { type Guarantee, type RunOptions, runChecks } from './app/options.js';
export { run } from './app/run.js';
export { decodeProgress } from './async/offset-metadata.js';
export { GlobalTables, type GlobalTablesOptions, globalPartition } from './global/global-tables.js';
export { ChangeFeed } from './query/change-feed.js';
export type { HeldRows, LocalStore, PartitionScan, RowSelection, ViewedState } from './query/local-store.js';
export type { ScannedRow, ScanOrder } from './query/scan-rows.js';
export { type KeyPrefix, type RowChange, type View, type ViewedRows, type ViewOptions, viewOf } from './query/view.js';
export type { RestoreEvent } from './restore/restore-event.js';
export type { KeyBytesEvent } from './task/key-bytes.js';
export { type OpenTaskOptions, openTask, type StoppedTask } from './task/open-task.js';
export { allPolled, type TaskInput } from './task/partition-group.js';
export { RecordJournal } from './task/record-journal.js';
export type { StoreCopy } from './task/stores/store-copies.js';
export {
  type Changelog,
  type Cleanups,
  changelogOf,
  type StorePartition,
  storePartition,
} from './task/stores/store-partition.js';
export type { DropCause } from './task/stores/stored-position.js';
export {
  type CommitListener,
  type CommittedRow,
  type OpenStore,
  type StoresOptions,
  type StoreWrites,
  storeAccess,
  TaskStores,
} from './task/stores/task-stores.js';
export { Task } from './task/task.js';
export type { TaskEvent } from './task/task-event.js';
export { type TaskOptions, taskId } from './task/task-options.js';
export { TopicLimits } from './task/topic-limits.js';
export type { EdgeWatcher } from './task/watched-edges.js';
export { type AppCounts, Metrics } from './telemetry/metrics.js';
export type { RecordDroppedEvent } from './telemetry/record-dropped-event.js';
export {
  type LetterPart,
  letterHeaders,
  letterSource,
  letterText,
  type RefusedLetter,
  type ReplayOptions,
  replayLetters,
} from './topic-io/dead-letters.js';
export { type ReadTopicOptions, toAsyncIterable, toObservable } from './topic-io/read-topic.js';
export { type Entry, fromAsyncIterable, fromObservable, type WriteTopicOptions } from './topic-io/write-topic.js';
export { deadLettersOf } from './worker/topics/dead-letters.js';
export { matchPatterns } from './worker/topics/match-patterns.js';
export { prepareTopics } from './worker/topics/prepare-topics.js';
export type { WorkerEvent } from './worker/worker-event.js';
