/** Typed stores over the rows of a state backend, and the kit they are built from. */

export * from './in-memory-rows.js';
export * from './key-ids.js';
export * from './key-value.js';
export * from './list-bytes.js';
export * from './observed-rows.js';
export * from './ordered-key-value.js';
export * from './ordered-map.js';
export * from './row-reader.js';
export * from './rows.js';
export * from './single-row.js';
export * from './time-buffer.js';
export * from './timers.js';
export * from './versioned.js';
export * from './window-key.js';
