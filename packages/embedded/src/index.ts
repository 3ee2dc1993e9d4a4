/** A log inside the process: topics, partitions, groups and offsets. */
export * from './embedded.js';
