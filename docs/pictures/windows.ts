/** Draws each kind of window from its real output for the same records. */
import { testDriver } from '@kstreams/testing';
import {
  calendar,
  double,
  type GroupedStream,
  hopping,
  session,
  sliding,
  streams,
  string,
  type Table,
  topic,
  tumbling,
  unlimited,
  type Windowed,
  windowed,
} from 'kstreams';
import { type Bar, type Dot, svg } from './svg.js';

type Counts = (group: GroupedStream<string, number>) => Table<Windowed<string>, number>;

const events = topic('events', { key: string, value: double });
const counts = topic('counts', { key: windowed(string), value: double });

/** Returns the last count of each window, after records at these times. */
const windowsOf = (
  count: Counts,
  times: readonly number[],
): readonly (Windowed<string> & { readonly count: number })[] => {
  const app = streams('picture');
  count(app.stream(events).groupByKey()).toStream().to(counts);
  const driver = testDriver(app);
  for (const [at, time] of times.entries()) driver.input(events).pipe('k', at, time);
  const last = new Map<string, Windowed<string> & { readonly count: number | null }>();
  for (const { key, value } of driver.output(counts).read())
    last.set(`${key.start} ${key.end}`, { ...key, count: value });
  return [...last.values()].filter((one): one is Windowed<string> & { count: number } => one.count !== null);
};

const second = 1_000;
const times = [2, 3, 4, 9, 11, 19, 20].map((time) => time * second);
const grace = '1h';

const kinds: Readonly<Record<string, Counts>> = {
  tumbling: (group) => group.window(tumbling('5s', { grace })).count(),
  hopping: (group) => group.window(hopping('6s', { advance: '3s', grace })).count(),
  sliding: (group) => group.window(sliding('4s', { grace })).count(),
  session: (group) => group.window(session('3s', { grace })).count(),
  unlimited: (group) => group.window(unlimited()).count(),
};

const hour = 3_600_000;

/** Returns the pictures by name. */
export const windowPictures = (): Readonly<Record<string, string>> => {
  const seconds = (time: number): string => `${time / second} s`;
  const pictures = Object.entries(kinds).map(([name, count]) => {
    const dots: readonly Dot[] = times.map((time) => ({ at: time, label: seconds(time) }));
    const bars = windowsOf(count, times).map(
      ({ start, end, count: records }): Bar => ({ from: start, to: end, label: `${records}` }),
    );
    return [`window-${name}`, svg({ from: 0, to: 24 * second, dots, bars, tick: 2 * second, time: seconds })] as const;
  });
  return { ...Object.fromEntries(pictures), 'window-calendar': parisDays() };
};

/** Draws calendar days in Paris around the night in which clocks go forward. */
const parisDays = (): string => {
  const from = Date.UTC(2026, 2, 27, 23);
  const at = [10, 30, 52, 55, 70].map((hours) => from + hours * hour);
  const days = windowsOf((group) => group.window(calendar('day', { zone: 'Europe/Paris', grace: '30d' })).count(), at);
  const local = new Intl.DateTimeFormat('en-GB', {
    timeZone: 'Europe/Paris',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
  });
  const bars = days.map(
    ({ start, end, count }): Bar => ({ from: start, to: end, label: `${count} in ${(end - start) / hour} h` }),
  );
  const dots = at.map((time): Dot => ({ at: time, label: '' }));
  return svg({
    from: from - 3 * hour,
    to: from + 80 * hour,
    dots,
    bars,
    tick: 24 * hour,
    offset: from % (24 * hour),
    time: (time) => local.format(time),
  });
};
