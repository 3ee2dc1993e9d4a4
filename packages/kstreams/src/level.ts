/** Level, loaded when a folder is used. */
export { level, levelLog } from '@kstreams/level';
