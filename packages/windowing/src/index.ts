/** Which window a record falls in, and aggregation per window. */
export * from './tumbling.js';
export * from './window.js';
export * from './windowed.js';
export * from './windowed-stream.js';
export * from './windows.js';
