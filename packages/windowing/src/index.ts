/** Which window a record falls in, and aggregation per window. */
export * from './boundaries.js';
export { type CalendarOptions, calendar } from './calendar.js';
export type { CalendarStart, CalendarUnit, Weekday } from './calendar-periods.js';
export { type CronOptions, cron } from './cron.js';
export * from './kafka-session.js';
export * from './kafka-windowed.js';
export * from './session.js';
export * from './session-cogroup.js';
export { SessionStream } from './session-stream.js';
export * from './sliding.js';
export * from './tumbling.js';
export * from './unlimited.js';
export { window } from './window.js';
export * from './windowed.js';
export { WindowedCogroup } from './windowed-cogroup.js';
export { WindowedStream } from './windowed-stream.js';
export type { WindowedOf, Windowing } from './windowing.js';
export * from './windows.js';
