/** State backends: memory, and a cache over remote storage. Level is in `@kstreams/level`. */
export { type CacheOptions, cached } from './cached.js';
export { memory, memoryStore } from './memory.js';
export { type OpenScan, OpenScans } from './open-scan.js';
