import type { WindowSpec } from '../aggregate/window-spec.js';
import { assignedWindows } from '../kinds/window.js';
import type { Span, WindowOptions } from '../window-options.js';
import { type AnyStart, type CalendarStart, type CalendarUnit, longestUnit, periodsOf } from './calendar-periods.js';
import { cachedSpans } from './span-cache.js';
import type { PlainDate } from './temporal.js';
import { minutesOf, zoneClock } from './zone-clock.js';

/** The options of calendar windows. */
export interface CalendarOptions<U extends CalendarUnit, LateKey = unknown, LateValue = unknown>
  extends WindowOptions<LateKey, LateValue> {
  /** An IANA time zone, such as `Europe/Paris` or `UTC`. */
  readonly zone: string;
  /** The start of each unit; that of the calendar unless set. */
  readonly start?: CalendarStart[U];
}

/**
 * Creates calendar windows in a time zone, without gaps or overlaps even when clocks change: a day in Paris may have 23 or
 * 25 hours. A day without midnight begins at its first instant. A start time that clocks skip moves later by as much; of a
 * time that occurs twice, the first is used.
 *
 * @example
 * sales.groupByKey().window(calendar('day', { zone: 'Europe/Paris', start: { time: '18:00' } })).count()
 * sales.groupByKey().window(calendar('year', { zone: 'Australia/Sydney', start: { month: 7 } })).count()
 *
 * @throws ConfigError for an unknown time zone or a bad start.
 */
export const calendar = <U extends CalendarUnit, LateKey = unknown, LateValue = unknown>(
  unit: U,
  { zone, start, ...options }: CalendarOptions<U, LateKey, LateValue>,
): WindowSpec<LateKey, LateValue> => {
  const { time, ...date } = (start ?? {}) as AnyStart;
  return assignedWindows(
    {
      name: `calendar-${unit}`,
      longest: longestUnit[unit],
      of: cachedSpans(calendarSpans(unit, zone, { time, ...date })),
    },
    options,
    { closeRetained: false },
  );
};

/** Returns the function that finds the calendar unit of a timestamp. */
export const calendarSpans = (unit: CalendarUnit, zone: string, start: AnyStart): ((timestamp: number) => Span) => {
  const clock = zoneClock(zone);
  const periods = periodsOf(unit, start);
  const minutes = start.time === undefined ? 0 : minutesOf(start.time);
  const begins = (date: PlainDate): number => (minutes === 0 ? clock.startOf(date) : clock.instantOf(date, minutes));
  /** The end of the last result, since the next timestamp is most often in the next unit. */
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
