/** State backends: memory here, Level in `@kstreams/stores/level`. */
export * from './memory.js';
