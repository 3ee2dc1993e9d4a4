import { ConfigError } from '@kstreams/core/graph';

/** The days and minutes of a cron expression. */
export interface CronFields {
  /** Minutes since midnight, ascending. */
  readonly minutes: readonly number[];
  /** True for a matching day: month 1 to 12, day of the month, day of the week with 0 for Sunday. */
  readonly on: (month: number, day: number, weekday: number) => boolean;
}

const names = {
  month: ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
  weekday: ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
};

/**
 * Parses a cron expression of five fields: minute, hour, day of the month, month, day of the week. Each is `*`, or a list of
 * numbers, names and ranges, with steps. If both kinds of day are limited, one of them must match.
 *
 * @throws ConfigError for a malformed expression.
 */
export const cronFields = (line: string): CronFields => {
  const parts = line.trim().split(/\s+/);
  if (parts.length !== 5) {
    throw new ConfigError(
      `"${line}" has ${parts.length} fields: write minute, hour, day, month and weekday, as "0 9 * * 1-5"`,
    );
  }
  const [minute, hour, day, month, weekday] = parts as [string, string, string, string, string];
  const of = (text: string, what: string, from: number, to: number, named: readonly string[] = []) =>
    field(text, { line, what, from, to, named });
  const hours = of(hour, 'hour', 0, 23);
  const minutes = of(minute, 'minute', 0, 59);
  const days = of(day, 'day', 1, 31);
  const months = of(month, 'month', 1, 12, names.month);
  const weekdays = of(weekday, 'weekday', 0, 7, names.weekday);
  if (weekdays.has(7)) weekdays.add(0);
  const [anyDay, anyWeekday] = [day.startsWith('*'), weekday.startsWith('*')];
  return {
    minutes: [...hours].flatMap((h) => [...minutes].map((m) => h * 60 + m)).sort((a, b) => a - b),
    on: (ofMonth, date, ofWeek) => {
      if (!months.has(ofMonth)) return false;
      if (anyDay || anyWeekday) return days.has(date) && weekdays.has(ofWeek);
      return days.has(date) || weekdays.has(ofWeek);
    },
  };
};

interface Field {
  readonly line: string;
  readonly what: string;
  readonly from: number;
  readonly to: number;
  readonly named: readonly string[];
}

const field = (text: string, limits: Field): Set<number> => {
  const { line, what, from, to, named } = limits;
  const refuse = (part: string) =>
    new ConfigError(
      `"${part}" is not a valid ${what} in "${line}": write ${from} to ${to}, a range, a list, or a step such as */2`,
    );
  const numberOf = (word: string, part: string): number => {
    const name = named.indexOf(word.toLowerCase());
    const number = name >= 0 && word !== '' ? name : /^\d+$/.test(word) ? Number(word) : Number.NaN;
    if (!(number >= from && number <= to)) throw refuse(part);
    return number;
  };
  const taken = new Set<number>();
  for (const part of text.split(',')) {
    const [range = '', step, ...rest] = part.split('/');
    const [low = '', high, ...more] = range.split('-');
    if (rest.length > 0 || more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) throw refuse(part);
    const first = range === '*' ? from : numberOf(low, part);
    const last = range === '*' || (high === undefined && step !== undefined) ? to : numberOf(high ?? low, part);
    if (last < first) throw refuse(part);
    for (let n = first; n <= last; n += Number(step ?? 1)) taken.add(n);
  }
  return taken;
};
