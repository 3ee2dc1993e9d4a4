/** State backends: memory here, Level in `@kstreams/level`. */
export * from './memory.js';
