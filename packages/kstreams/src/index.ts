/** Everything an application needs, in one import. */
export * from '@kstreams/core';
export * from '@kstreams/embedded';
export * from '@kstreams/joins';
export {
  type App,
  type AppCounts,
  type AppEvent,
  type AppState,
  type Entry,
  fromAsyncIterable,
  fromObservable,
  type Guarantee,
  type Health,
  type InstanceMetadata,
  type IntoTopicOptions,
  type KeyMetadata,
  type Logger,
  type Metadata,
  type OutOfTopicOptions,
  type PartitionLag,
  type RowChange,
  type RunOptions,
  run,
  type TaskHealth,
  type TaskMetadata,
  toAsyncIterable,
  toObservable,
  type View,
  type ViewOptions,
} from '@kstreams/runtime';
export * from '@kstreams/serde';
export { memory } from '@kstreams/stores';
export * from '@kstreams/windowing';
export { type StartOptions, start } from './start.js';
export { streams } from './streams.js';
