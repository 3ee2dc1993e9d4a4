/** Typed stores over the rows of a state backend, and the kit they are built from. */
export * from './byte-list.js';
export * from './held-rows.js';
export * from './key-ids.js';
export * from './key-value.js';
export * from './numbers.js';
export * from './observed-rows.js';
export * from './ordered-key-value.js';
export * from './ordered-map.js';
export * from './row-reader.js';
export * from './rows.js';
export * from './sole-row.js';
export * from './time-buffer.js';
export * from './timers.js';
export * from './versioned.js';
export * from './window-key.js';
