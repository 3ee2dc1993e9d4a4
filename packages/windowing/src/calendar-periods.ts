import { ConfigError } from '@kstreams/core/graph';
import { type PlainDate, Temporal } from './temporal.js';

/** A stretch of the calendar. */
export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** How long a unit may last, in ms: since 1970 clocks have been set back by two hours at most. */
export const longestUnit: Readonly<Record<CalendarUnit, number>> = {
  day: 26 * 3_600_000,
  week: (7 * 24 + 2) * 3_600_000,
  month: (31 * 24 + 2) * 3_600_000,
  quarter: (92 * 24 + 2) * 3_600_000,
  year: (366 * 24 + 2) * 3_600_000,
};

/** A day of the week. */
export type Weekday = (typeof weekdays)[number];
const weekdays = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;

/** Where the days of a zone begin: at a time such as `18:00`; at their first instant unless set. */
interface DayStart {
  readonly time?: string;
}

/** Where each unit begins, as it is told. */
export interface CalendarStart {
  readonly day: DayStart;
  /** On Mondays unless set. */
  readonly week: DayStart & { readonly weekday?: Weekday };
  /** On the first unless set, at most the 28th, which every month has. */
  readonly month: DayStart & { readonly day?: number };
  /** `month`: one of those in which quarters begin, January unless set, 1 to 12. */
  readonly quarter: DayStart & { readonly month?: number; readonly day?: number };
  /** `month`: January unless set, 1 to 12. */
  readonly year: DayStart & { readonly month?: number; readonly day?: number };
}

/** Where units begin, all of it. */
export interface AnyStart {
  readonly time?: string;
  readonly weekday?: Weekday;
  readonly month?: number;
  readonly day?: number;
}

/** The units of a calendar by the dates on which they begin. */
export interface Periods {
  /** The beginning of the unit that holds a date. */
  readonly of: (date: PlainDate) => PlainDate;
  /** The beginning of the next unit, from that of one. */
  readonly after: (start: PlainDate) => PlainDate;
}

/** Divides the calendar into units. */
export const periodsOf = (unit: CalendarUnit, start: AnyStart): Periods => {
  if (unit === 'day') return { of: (date) => date, after: (date) => date.add({ days: 1 }) };
  if (unit !== 'week') return months(monthsOf[unit], start);
  const { weekday = 'monday' } = start;
  const first = weekdays.indexOf(weekday) + 1;
  if (first === 0) throw new ConfigError(`a week cannot start on "${weekday}": name one of ${weekdays.join(', ')}`);
  return {
    of: (date) => date.subtract({ days: (date.dayOfWeek - first + 7) % 7 }),
    after: (date) => date.add({ days: 7 }),
  };
};

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;

const months = (length: number, { day = 1, month = 1 }: AnyStart): Periods => {
  within(month, 12, 'month');
  within(day, 28, 'day');
  const at = (index: number): PlainDate => new Temporal.PlainDate(Math.floor(index / 12), modulo(index, 12) + 1, day);
  return {
    of: (date) => {
      const since = date.year * 12 + date.month - month;
      const index = since - modulo(since, length) + month - 1;
      const start = at(index);
      return Temporal.PlainDate.compare(start, date) <= 0 ? start : at(index - length);
    },
    after: (date) => date.add({ months: length }),
  };
};

const modulo = (a: number, b: number): number => ((a % b) + b) % b;

const within = (value: number, most: number, what: string): void => {
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new ConfigError(`a calendar window cannot start in ${what} ${value}: give a whole number from 1 to ${most}`);
};
