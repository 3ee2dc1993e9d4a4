/** Level in a page: the embedded log in IndexedDB, and no state. */
export { type LevelLogOptions, levelLog } from './log/level-log.js';
export { level } from './state/level-in-page.js';
