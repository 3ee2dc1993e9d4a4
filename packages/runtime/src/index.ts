/** Runs topologies: tasks, workers, commits, restores. */
export * from './app/app.js';
export * from './app/view.js';
export * from './state/global-tables.js';
export * from './state/task-stores.js';
export * from './task/journal.js';
export * from './task/task.js';
