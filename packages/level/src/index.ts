/** Level on disk: state, and the embedded log. */
export { type LevelLogOptions, levelLog } from './log/level-log.js';
export { type LevelOptions, level } from './state/level.js';
