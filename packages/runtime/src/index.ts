/** Runs topologies: tasks, workers, commits, restores. */
export * from './state/global-tables.js';
export * from './state/task-stores.js';
export * from './task/journal.js';
export * from './task/task.js';
