import { checkOptions, checkValue, type OptionChecks, option } from '@kstreams/core/graph';
import type { WindowSpec } from '../aggregate/window-spec.js';
import { assignedWindows } from '../kinds/window.js';
import {
  type DeletedOn,
  type Span,
  type WindowEmitStrategy,
  type WindowOptions,
  windowChecks,
} from '../window-options.js';
import { type AnyStart, type CalendarStart, type CalendarUnit, longestUnit, periodsOf } from './calendar-periods.js';
import { cachedSpans } from './span-cache.js';
import type { PlainDate } from './temporal.js';
import { minutesOf, zoneClock } from './zone-clock.js';

/** The options of calendar windows. */
export interface CalendarOptions<
  U extends CalendarUnit,
  LateKey = unknown,
  LateValue = unknown,
  E extends WindowEmitStrategy = WindowEmitStrategy,
> extends WindowOptions<LateKey, LateValue, E> {
  /** An IANA time zone, such as `Europe/Paris` or `UTC`. */
  readonly zone: string;
  /** The start of each unit; that of the calendar unless set. */
  readonly start?: CalendarStart[U];
}

const time = { time: option.text };
const date = { ...time, month: option.count, day: option.count };

/** The checks of the start of each unit. */
const starts: { readonly [U in CalendarUnit]: OptionChecks<CalendarStart[U]> } = {
  day: time,
  week: { ...time, weekday: option.text },
  month: { ...time, day: option.count },
  quarter: date,
  year: date,
};

const units = option.oneOf<CalendarUnit>('day', 'week', 'month', 'quarter', 'year');

const checksOf = (unit: CalendarUnit): OptionChecks<CalendarOptions<CalendarUnit>> => ({
  ...windowChecks,
  zone: option.required(option.text),
  start: option.oneOf<CalendarStart[CalendarUnit]>(starts[unit]),
});

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
export const calendar = <
  U extends CalendarUnit,
  LateKey = unknown,
  LateValue = unknown,
  E extends WindowEmitStrategy = WindowEmitStrategy,
>(
  unit: U,
  options: CalendarOptions<U, LateKey, LateValue, E>,
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkValue('"unit" of calendar', unit, units);
  checkOptions('calendar', options, checksOf(unit));
  return assignedWindows(
    {
      name: `calendar-${unit}`,
      longest: longestUnit[unit],
      of: cachedSpans(calendarSpans(unit, options.zone, options.start ?? {})),
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
