import { ConfigError, checkOptions, checkValue, type OptionChecks, option } from '@kstreams/core/graph';
import type { WindowSpec } from '../aggregate/window-spec.js';
import { assignedWindows } from '../kinds/window.js';
import {
  type DeletedOn,
  type Span,
  type WindowEmitStrategy,
  type WindowOptions,
  windowChecks,
} from '../window-options.js';
import { type CronFields, cronFields } from './cron-fields.js';
import { cachedSpans } from './span-cache.js';
import type { PlainDate } from './temporal.js';
import { type ZoneClock, zoneClock } from './zone-clock.js';

/** The options of cron windows. */
export interface CronOptions<LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>
  extends WindowOptions<LateKey, LateValue, E> {
  /** An IANA time zone, such as `Europe/Paris` or `UTC`. */
  readonly zone: string;
}

const checks: OptionChecks<CronOptions> = { ...windowChecks, zone: option.required(option.text) };

/**
 * Creates windows from each time of a cron expression to the next, such as shifts or trading days. A time that clocks skip
 * moves later by as much; of a time that occurs twice, the first is used.
 *
 * @example
 * logs.groupByKey().window(cron('0 6,14,22 * * *', { zone: 'Europe/Berlin' })).count()
 *
 * @throws ConfigError for a malformed expression, one without any date, or an unknown time zone.
 */
export const cron = <LateKey = unknown, LateValue = unknown, E extends WindowEmitStrategy = WindowEmitStrategy>(
  line: string,
  options: CronOptions<LateKey, LateValue, E>,
): WindowSpec<LateKey, LateValue, DeletedOn<E>> => {
  checkValue('"line" of cron', line, option.text);
  checkOptions('cron', options, checks);
  const fields = cronFields(line);
  const of = cachedSpans(cronSpans(fields, options.zone));
  return assignedWindows({ name: 'cron', longest: longestOf(fields, line), of }, options, { closeRetained: false });
};

const dayLength = 86_400_000;
/** The longest wait for 29 February, in days: eight years, such as 1896 to 1904. */
const farthest = 8 * 366 + 1;
/** The days after which weekdays and dates repeat: 28 years. */
const cycle = 28 * 365;

/** Returns the longest time between two instants, plus two hours for clocks that are set back, in ms. */
const longestOf = ({ minutes, on }: CronFields, line: string): number => {
  const [first, last] = [minutes[0] as number, minutes.at(-1) as number];
  const gaps = minutes.slice(1).map((minute, i) => minute - (minutes[i] as number));
  let [longest, before]: [number, number | undefined] = [Math.max(0, ...gaps) * 60_000, undefined];
  for (let day = 0; day < cycle; day++) {
    const date = new Date(day * dayLength);
    if (!on(date.getUTCMonth() + 1, date.getUTCDate(), date.getUTCDay())) continue;
    if (before !== undefined) longest = Math.max(longest, (day - before) * dayLength + (first - last) * 60_000);
    before = day;
  }
  if (before === undefined) throw new ConfigError(`"${line}" has no date: name a day that some month has`);
  return (longest > 3 * 366 * dayLength ? farthest * dayLength : longest) + 7_200_000;
};

/** Returns the function that finds the span between two cron times around a timestamp. */
export const cronSpans = (fields: CronFields, zone: string): ((timestamp: number) => Span) => {
  const clock = zoneClock(zone);
  const instants = instantsOf(fields, clock);
  /** Walks from `date` to the first day with a match. The day after it may have a better one where clocks skip a day. */
  const walk = (date: PlainDate, step: 1 | -1, of: (instants: readonly number[]) => number | undefined): number => {
    let day = date;
    for (let walked = 0; walked <= farthest; walked++, day = day.add({ days: step })) {
      const found = of(instants(day));
      if (found === undefined) continue;
      const behind = of(instants(day.add({ days: step })));
      return behind === undefined ? found : step > 0 ? Math.min(found, behind) : Math.max(found, behind);
    }
    throw new RangeError(`no cron time is near ${date}`);
  };
  return (timestamp) => {
    const date = clock.dateAt(timestamp);
    return {
      start: walk(date, -1, (day) => day.findLast((at) => at <= timestamp)),
      end: walk(date.subtract({ days: 1 }), 1, (day) => day.find((at) => at > timestamp)),
    };
  };
};

/** Returns the function that lists the instants of a day, ascending; it caches the last eight days. */
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
