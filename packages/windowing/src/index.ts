/** The kinds of windows, and aggregation per window. */
export type { WindowedOf, WindowSpec } from './aggregate/window-spec.js';
export { WindowedCogroup } from './aggregate/windowed-cogroup.js';
export { WindowedStream } from './aggregate/windowed-stream.js';
export { type CalendarOptions, calendar } from './calendar/calendar.js';
export type { CalendarStart, CalendarUnit, Weekday } from './calendar/calendar-periods.js';
export { type CronOptions, cron } from './calendar/cron.js';
export * from './keys/kafka-windowed.js';
export * from './keys/windowed.js';
export * from './kinds/boundaries.js';
export * from './kinds/sliding.js';
export { type HoppingOptions, hopping, tumbling } from './kinds/tumbling.js';
export * from './kinds/unlimited.js';
export { window } from './kinds/window.js';
export * from './session/session.js';
export * from './session/session-cogroup.js';
export { SessionStream } from './session/session-stream.js';
export * from './window-options.js';
