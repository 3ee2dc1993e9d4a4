/** The kinds of windows, and aggregation per window. */
export type { WindowedOf, WindowSpec } from './aggregate/window-spec.js';
export { WindowedCogroup } from './aggregate/windowed-cogroup.js';
export { WindowedStream } from './aggregate/windowed-stream.js';
export { type CalendarOptions, calendar } from './calendar/calendar.js';
export type { CalendarStart, CalendarUnit, Weekday } from './calendar/calendar-periods.js';
export { type CronOptions, cron } from './calendar/cron.js';
export { kafkaSession, kafkaWindowed } from './keys/kafka-windowed.js';
export { type Windowed, windowed } from './keys/windowed.js';
export { type BoundariesOptions, boundaries } from './kinds/boundaries.js';
export { sliding } from './kinds/sliding.js';
export { type HoppingOptions, hopping, tumbling } from './kinds/tumbling.js';
export { endless, unlimited } from './kinds/unlimited.js';
export { window } from './kinds/window.js';
export { type Sessions, type SessionsOf, session } from './session/session.js';
export { SessionCogroup } from './session/session-cogroup.js';
export { SessionStream } from './session/session-stream.js';
export type {
  DeletedOn,
  LateTopic,
  Span,
  WindowAssigner,
  WindowEmitStrategy,
  WindowOptions,
} from './window-options.js';
