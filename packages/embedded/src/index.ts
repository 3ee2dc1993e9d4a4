/** A log inside the process: topics, partitions, groups, offsets and transactions. */
export { type EmbeddedOptions, type EmbeddedTransport, embedded, embeddedChecks } from './embedded.js';
export type { LogBackend, LogEntry, LogStorage, ReadLimits } from './storage/log-storage.js';
export { memoryLog } from './storage/memory-log.js';
