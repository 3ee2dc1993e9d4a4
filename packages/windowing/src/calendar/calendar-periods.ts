import { ConfigError } from '@kstreams/core/graph';
import { type PlainDate, Temporal } from './temporal.js';

/** A unit of the calendar. */
export type CalendarUnit = 'day' | 'week' | 'month' | 'quarter' | 'year';

/** The longest length of each unit, in ms: since 1970 clocks were set back by at most two hours. */
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

/** The start of a day: a time such as `18:00`; its first instant unless set. */
interface DayStart {
  readonly time?: string;
}

/** The start of each unit. */
export interface CalendarStart {
  readonly day: DayStart;
  /** `weekday`: Monday unless set. */
  readonly week: DayStart & { readonly weekday?: Weekday };
  /** `day`: 1 unless set, 1 to 28. */
  readonly month: DayStart & { readonly day?: number };
  /** `month`: a month in which a quarter begins, 1 to 12; January unless set. `day`: 1 unless set, 1 to 28. */
  readonly quarter: DayStart & { readonly month?: number; readonly day?: number };
  /** `month`: 1 to 12; January unless set. `day`: 1 unless set, 1 to 28. */
  readonly year: DayStart & { readonly month?: number; readonly day?: number };
}

/** The start of any unit. */
export interface AnyStart {
  readonly time?: string;
  readonly weekday?: Weekday;
  readonly month?: number;
  readonly day?: number;
}

/** The periods of a calendar unit, by their first dates. */
export interface Periods {
  /** Returns the first date of the period that contains a date. */
  readonly of: (date: PlainDate) => PlainDate;
  /** Returns the first date of the next period. */
  readonly after: (start: PlainDate) => PlainDate;
}

/**
 * Creates the periods of a calendar unit.
 *
 * @throws ConfigError for a bad weekday, month or day.
 */
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
