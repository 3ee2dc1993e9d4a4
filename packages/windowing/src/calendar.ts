import { type AnyStart, type CalendarStart, type CalendarUnit, longestUnit, periodsOf } from './calendar-periods.js';
import type { PlainDate } from './temporal.js';
import { tiles } from './tiles.js';
import { window } from './window.js';
import type { Windowing } from './windowing.js';
import type { Span, WindowOptions } from './windows.js';
import { minutesOf, zoneClock } from './zone-clock.js';

/** Windows of the calendar: in which zone, and where they begin. */
export interface CalendarOptions<U extends CalendarUnit, LateKey = unknown, LateValue = unknown>
  extends WindowOptions<LateKey, LateValue> {
  /** A time zone, such as `Europe/Paris` or `UTC`. */
  readonly zone: string;
  /** Where a unit begins; as the calendar has it unless set. */
  readonly start?: CalendarStart[U];
}

/**
 * Windows of the calendar in a time zone. They follow each other without gap or overlap, also where clocks change: a day
 * in Paris has 23 hours in March and 25 in October. A day whose midnight is skipped begins with the first instant after
 * it; a start time that is skipped is as much later, and one that comes twice is the first.
 *
 * @example
 * sales.groupByKey().window(calendar('day', { zone: 'Europe/Paris', start: { time: '18:00' } })).count()
 * sales.groupByKey().window(calendar('year', { zone: 'Australia/Sydney', start: { month: 7 } })).count()
 *
 * @throws ConfigError for a zone that is not known, or a start that is none.
 */
export const calendar = <U extends CalendarUnit, LateKey = unknown, LateValue = unknown>(
  unit: U,
  { zone, start, ...options }: CalendarOptions<U, LateKey, LateValue>,
): Windowing<LateKey, LateValue> => {
  const { time, ...date } = (start ?? {}) as AnyStart;
  return window(
    { name: `calendar-${unit}`, longest: longestUnit[unit], of: tiles(calendarSpans(unit, zone, { time, ...date })) },
    options,
  );
};

/** The unit of the calendar in which an instant lies. */
export const calendarSpans = (unit: CalendarUnit, zone: string, start: AnyStart): ((timestamp: number) => Span) => {
  const clock = zoneClock(zone);
  const periods = periodsOf(unit, start);
  const minutes = start.time === undefined ? 0 : minutesOf(start.time);
  const begins = (date: PlainDate): number => (minutes === 0 ? clock.startOf(date) : clock.instantOf(date, minutes));
  /** Where the unit found last ends: most often the next one is asked for next. */
  let next: { readonly date: PlainDate; readonly from: number } | undefined;
  return (timestamp) => {
    let found = next;
    if (found === undefined || timestamp < found.from || timestamp - found.from >= longestUnit[unit]) {
      const date = periods.of(clock.dateAt(timestamp));
      found = { date, from: begins(date) };
    }
    let { date, from } = found;
    while (from > timestamp) {
      date = periods.of(date.subtract({ days: 1 }));
      from = begins(date);
    }
    for (;;) {
      date = periods.after(date);
      const to = begins(date);
      if (to > timestamp) {
        next = { date, from: to };
        return { start: from, end: to };
      }
      from = to;
    }
  };
};
