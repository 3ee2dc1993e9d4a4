/** Which window a record falls in, and aggregation per window. */
export * from './kafka-session.js';
export * from './kafka-windowed.js';
export * from './session.js';
export * from './session-cogroup.js';
export { SessionStream } from './session-stream.js';
export * from './sliding.js';
export * from './tumbling.js';
export * from './unlimited.js';
export * from './window.js';
export * from './windowed.js';
export { WindowedCogroup } from './windowed-cogroup.js';
export { WindowedStream } from './windowed-stream.js';
export type { Windowing } from './windowing.js';
export * from './windows.js';
