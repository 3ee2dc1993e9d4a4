/** Windows that close by the wall clock, against a model that keeps every record; every kind is exact in the driver. */
import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { int32, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import {
  boundaries,
  calendar,
  cron,
  hopping,
  session,
  sliding,
  tumbling,
  unlimited,
  type WindowEmitStrategy,
  type Windowed,
  window,
  windowed,
} from '../index.js';

const readings = topic('readings', { key: string, value: string });
const results = topic('results', { key: windowed(string), value: nullable(int32) });

interface Options {
  readonly grace: number | '10s';
  readonly emit: WindowEmitStrategy;
}
type Count = (group: GroupedStream<string, string>, options: Options) => Table<Windowed<string>, number>;

const run = (count: Count, options: Options, wallClock = 0) => {
  const app = streams('app');
  count(app.stream(readings).groupByKey(), options).toStream().to(results);
  const driver = testDriver(app, { wallClock });
  const out = () =>
    driver
      .output(results)
      .read()
      .map(({ key, value }) => [key.key, key.start, key.end, value]);
  return { driver, input: driver.input(readings), out };
};

const minute = 60_000;
const day = 86_400_000;

describe.each<[string, Count, readonly unknown[], closes: number]>([
  ['tumbling', (group, options) => group.window(tumbling('1m', options)).count(), ['a', 0, minute, 1], minute],
  [
    'hopping',
    (group, options) => group.window(hopping('1m', { advance: '1m', ...options })).count(),
    ['a', 0, minute, 1],
    minute,
  ],
  ['session', (group, options) => group.window(session('1m', options)).count(), ['a', 5, 5, 1], 5 + minute + 1],
  ['sliding', (group, options) => group.window(sliding('1m', options)).count(), ['a', 0, minute, 1], minute + 1],
  [
    'calendar',
    (group, options) => group.window(calendar('day', { zone: 'UTC', ...options })).count(),
    ['a', 0, day, 1],
    day,
  ],
  [
    'cron',
    (group, options) => group.window(cron('0 0 * * *', { zone: 'UTC', ...options })).count(),
    ['a', 0, day, 1],
    day,
  ],
  ['boundaries', (group, options) => group.window(boundaries([0, day], options)).count(), ['a', 0, day, 1], day],
  [
    'a rule',
    (group, options) =>
      group.window(window({ name: 'days', longest: day, of: () => [{ start: 0, end: day }] }, options)).count(),
    ['a', 0, day, 1],
    day,
  ],
])('%s windows', (_, count, closed, closes) => {
  const options: Options = { grace: '10s', emit: { on: 'close', wallClock: '10m' } };
  const due = closes + 10_000 + 10 * minute;

  test('close when the wall clock is past their end and grace by that time, to the millisecond', () => {
    const { driver, input, out } = run(count, options);
    input.pipe('a', 'x', 5);
    driver.advance(due - 1);
    expect(out()).toEqual([]);
    driver.advance(1);
    expect(out()).toEqual([closed]);
    driver.advance('30d');
    expect(out()).toEqual([]);
    input.pipe('a', 'late', 5);
    expect([driver.dropped('late'), out()]).toEqual([1, []]);
  });

  test('of old records close once those are read', () => {
    const { input, out } = run(count, options, due);
    input.pipe('a', 'x', 5);
    expect(out()).toEqual([closed]);
  });
});

test('an unlimited window never closes, so it is refused', () => {
  expect(() => unlimited({ emit: { on: 'close', wallClock: '10m' } as never })).toThrow('never closes');
});

describe('a day', () => {
  const count: Count = (group, options) => group.window(calendar('day', { zone: 'UTC', ...options })).count();
  const hour = 3_600_000;

  test('does not close at lunch, which a silence would', () => {
    const byClock = run(count, { grace: 0, emit: { on: 'close', wallClock: '10m' } }, 9 * hour);
    const bySilence = run(count, { grace: 0, emit: { on: 'close', idleAfter: '1h' } }, 9 * hour);
    for (const { driver, input } of [byClock, bySilence]) {
      input.pipe('a', 'x', 11 * hour);
      driver.advance('2h');
      driver.advance('2h');
      input.pipe('a', 'x', 14 * hour);
      driver.advance('11h');
      driver.advance('10m');
    }
    expect(byClock.out()).toEqual([['a', 0, day, 2]]);
    expect(bySilence.out()).toEqual([['a', 0, day, 1]]);
  });

  test('closes by both, whichever comes first', () => {
    const { driver, input, out } = run(count, { grace: 0, emit: { on: 'close', idleAfter: '2d', wallClock: '1h' } });
    input.pipe('a', 'x', 23 * hour);
    driver.advance('1d');
    expect(out()).toEqual([]);
    driver.advance('1h');
    expect(out()).toEqual([['a', 0, day, 1]]);
  });
});

type Step =
  | { readonly kind: 'record'; readonly key: string; readonly at: number }
  | { readonly kind: 'advance'; readonly by: number };

const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        kind: fc.constant('record' as const),
        key: fc.constantFrom('a', 'b'),
        at: fc.nat({ max: 100 }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('advance' as const), by: fc.nat({ max: 30 }) }) },
  ),
  { maxLength: 30, size: 'max' },
);

const [size, grace, wait] = [10, 7, 15];

/** The output of each step and the number of late records, from the law: time, the wall clock and the records taken. */
const naively = (all: readonly Step[]) => {
  let [time, wall, late] = [-1, 0, 0];
  let open = new Map<string, number>();
  const closes = (id: string): number => Number(id.split(' ')[0]) * size + size + grace;
  const emit = (until: number): unknown[][] => {
    const closed = [...open].filter(([id]) => closes(id) <= until);
    open = new Map([...open].filter(([id]) => closes(id) > until));
    for (const [id] of closed) time = Math.max(time, closes(id));
    return closed
      .map(([id, count]) => [id.split(' ')[1], Number(id.split(' ')[0]) * size, count] as const)
      .sort(([a, one], [b, other]) => one - other || ((a as string) < (b as string) ? -1 : 1))
      .map((one) => [...one]);
  };
  const out = all.map((step) => {
    const emitted: unknown[][] = [];
    if (step.kind === 'advance') wall += step.by;
    else {
      time = Math.max(time, step.at);
      const id = `${Math.floor(step.at / size)} ${step.key}`;
      if (closes(id) <= time) late++;
      else open.set(id, (open.get(id) ?? 0) + 1);
      emitted.push(...emit(time));
    }
    emitted.push(...emit(wall - wait));
    return emitted;
  });
  return { late, out };
};

test('records and advances give what a model of the two clocks says', () => {
  const count: Count = (group, options) => group.window(tumbling(size, { retention: 10_000, ...options })).count();
  fc.assert(
    fc.property(steps, (all) => {
      const { driver, input, out } = run(count, { grace, emit: { on: 'close', wallClock: wait } });
      const emitted = all.map((step) => {
        if (step.kind === 'record') input.pipe(step.key, 'x', step.at);
        else driver.advance(step.by);
        return out().map(([key, start, , value]) => [key, start, value]);
      });
      expect({ late: driver.dropped('late'), out: emitted }).toEqual(naively(all));
    }),
    { numRuns: 300 },
  );
});
