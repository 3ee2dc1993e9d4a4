/** Level in a page: the embedded log in IndexedDB, and no state. */
export { levelLog } from './log/level-log-in-page.js';
export type { LevelLogOptions } from './log/level-log-storage.js';
export { level } from './state/level-in-page.js';
