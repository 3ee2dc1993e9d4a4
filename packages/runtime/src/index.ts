/** Runs topologies: tasks, workers, commits, restores. */
export * from './app/app.js';
export * from './app/events.js';
export type { Logger } from './app/logger.js';
export type { Guarantee, RunOptions } from './app/options.js';
export { run } from './app/run.js';
export { type RowChange, type View, type ViewedState, type ViewOptions, viewOf } from './app/view.js';
export { type Entry, fromAsyncIterable, fromObservable, type IntoTopicOptions } from './edges/into-topic.js';
export { type OutOfTopicOptions, toAsyncIterable, toObservable } from './edges/out-of-topic.js';
export { ChangeFeed } from './state/change-feed.js';
export * from './state/global-tables.js';
export * from './state/keys.js';
export * from './state/store-place.js';
export * from './state/task-stores.js';
export * from './task/journal.js';
export * from './task/task.js';
export * from './task/task-options.js';
export * from './task/watch.js';
export * from './worker/match-patterns.js';
