import { ConfigError } from '@kstreams/core/graph';
import { type CronFields, cronFields } from './cron-fields.js';
import type { PlainDate } from './temporal.js';
import { tiles } from './tiles.js';
import { window } from './window.js';
import type { Windowing } from './windowing.js';
import type { Span, WindowOptions } from './windows.js';
import { type ZoneClock, zoneClock } from './zone-clock.js';

/** Windows between the instants of a cron line, in a time zone. */
export interface CronOptions<LateKey = unknown, LateValue = unknown> extends WindowOptions<LateKey, LateValue> {
  /** A time zone, such as `Europe/Paris` or `UTC`. */
  readonly zone: string;
}

/**
 * Windows that begin whenever a line of cron says so, and reach to the next time: shifts, trading days, any rhythm of dates
 * and times. A time that clocks skip is as much later; one that comes twice counts once, the first time.
 *
 * @example
 * logs.groupByKey().window(cron('0 6,14,22 * * *', { zone: 'Europe/Berlin' })).count()
 *
 * @throws ConfigError for a line that is none or never comes due, or a zone that is not known.
 */
export const cron = <LateKey = unknown, LateValue = unknown>(
  line: string,
  { zone, ...options }: CronOptions<LateKey, LateValue>,
): Windowing<LateKey, LateValue> => {
  const fields = cronFields(line);
  return window({ name: 'cron', longest: longestOf(fields, line), of: tiles(cronSpans(fields, zone)) }, options);
};

const dayLength = 86_400_000;
/** 29 February may be eight years away: 1896, 1904. */
const farthest = 8 * 366 + 1;
/** For how many years weekdays and dates meet in ever new ways. */
const cycle = 28 * 365;

/** The longest time between two instants, with two hours for clocks that are set back, in ms. */
const longestOf = ({ minutes, on }: CronFields, line: string): number => {
  let [longest, before]: [number, number | undefined] = [0, undefined];
  for (let day = 0; day < cycle; day++) {
    const date = new Date(day * dayLength);
    if (!on(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) continue;
    for (const minute of minutes) {
      const at = day * dayLength + minute * 60_000;
      if (before !== undefined) longest = Math.max(longest, at - before);
      before = at;
    }
  }
  if (before === undefined) throw new ConfigError(`"${line}" never comes due: name a day that some month has`);
  return (longest > 3 * 366 * dayLength ? farthest * dayLength : longest) + 7_200_000;
};

/** The time between two instants of a cron line in which an instant lies. */
export const cronSpans = (fields: CronFields, zone: string): ((timestamp: number) => Span) => {
  const clock = zoneClock(zone);
  const instants = instantsOf(fields, clock);
  /** The best of a day that has one, walking from `date`; the day behind it may hold a better one where clocks skip a day. */
  const walk = (date: PlainDate, step: 1 | -1, of: (instants: readonly number[]) => number | undefined): number => {
    let day = date;
    for (let walked = 0; walked <= farthest; walked++, day = day.add({ days: step })) {
      const found = of(instants(day));
      if (found === undefined) continue;
      const behind = of(instants(day.add({ days: step })));
      return behind === undefined ? found : step > 0 ? Math.min(found, behind) : Math.max(found, behind);
    }
    throw new RangeError(`no instant of the cron windows is near ${date}`);
  };
  return (timestamp) => {
    const date = clock.dateAt(timestamp);
    return {
      start: walk(date, -1, (day) => day.findLast((at) => at <= timestamp)),
      end: walk(date.subtract({ days: 1 }), 1, (day) => day.find((at) => at > timestamp)),
    };
  };
};

/** The instants of a day, ascending; those of the last few days are remembered. */
const instantsOf = ({ minutes, on }: CronFields, clock: ZoneClock): ((date: PlainDate) => readonly number[]) => {
  const known = new Map<string, readonly number[]>();
  return (date) => {
    if (!on(date.month, date.day, date.dayOfWeek % 7)) return [];
    const id = date.toString();
    const remembered = known.get(id);
    if (remembered !== undefined) return remembered;
    const [from, to] = [clock.startOf(date), clock.startOf(date.add({ days: 1 }))];
    const even = to - from === dayLength;
    const all = minutes.map((minute) => (even ? from + minute * 60_000 : clock.instantOf(date, minute)));
    const instants = even ? all : [...new Set(all)].sort((a, b) => a - b);
    if (known.size >= 8) known.clear();
    known.set(id, instants);
    return instants;
  };
};
