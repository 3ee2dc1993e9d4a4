import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { int32, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { tumbling, type WindowAssigner, type Windowed, window, windowed } from '../index.js';

const readings = topic('readings', { key: string, value: nullable(string) });

/** Returns the output of a windowed table of numbers or texts for records `[key, value, at]`. */
const run = <A extends number | string>(
  table: (group: GroupedStream<string, string | null>) => Table<Windowed<string>, A>,
  value: typeof int32 | typeof string,
  records: readonly (readonly [key: string, value: string | null, at: number])[],
) => {
  const app = streams('app');
  const results = topic('results', { key: windowed(string), value: nullable(value as typeof string) });
  table(app.stream(readings).groupByKey())
    .toStream()
    .to(results as never);
  const driver = testDriver(app);
  for (const record of records) driver.input(readings).pipe(...record);
  return driver
    .output(results)
    .read()
    .map((one) => [one.key.key, one.key.start, one.key.end, one.value, one.timestamp]);
};

test('count counts the records of each window, nulls too', () => {
  const counts = run((group) => group.window(tumbling(10)).count({ value: int32 }), int32, [
    ['a', 'x', 3],
    ['a', null, 1],
    ['b', 'y', 9],
    ['a', 'z', 10],
  ]);
  expect(counts).toEqual([
    ['a', 0, 10, 1, 3],
    ['a', 0, 10, 2, 3],
    ['b', 0, 10, 1, 9],
    ['a', 10, 20, 1, 10],
  ]);
});

test('reduce starts with the first value; a null result deletes the row of the window', () => {
  const last = run(
    (group) =>
      group
        .window(tumbling(10))
        .reduce((aggregate, value) => (value === null ? null : aggregate + value), { value: string }),
    string,
    [
      ['a', 'x', 1],
      ['a', 'y', 2],
      ['a', null, 3],
      ['a', 'z', 4],
    ],
  );
  expect(last.map(([, , , value]) => value)).toEqual(['x', 'xy', null, 'z']);
});

test('on close, nothing is forwarded before the end and grace of a window have passed', () => {
  const kind = tumbling(10, { grace: 5, emit: 'on-close' });
  const counts = run((group) => group.window(kind).count({ value: int32 }), int32, [
    ['b', 'x', 2],
    ['a', 'x', 7],
    ['a', 'late but in time', 1],
    ['a', 'not yet', 14],
    ['c', 'now', 15],
    ['a', 'too late', 9],
  ]);
  expect(counts).toEqual([
    ['a', 0, 10, 2, 7],
    ['b', 0, 10, 1, 2],
  ]);
});

describe('custom windows', () => {
  /** From the latest of some given instants to the next. */
  const shifts = [0, 5, 20, 60];
  const shift: WindowAssigner = {
    name: 'shift',
    longest: 40,
    of: (at) =>
      shifts.flatMap((start, i) =>
        start <= at && at < (shifts[i + 1] ?? 0) ? [{ start, end: shifts[i + 1] as number }] : [],
      ),
  };

  test('chain as built-in ones do, with both bounds', () => {
    const counts = run((group) => group.window(window(shift, { emit: 'on-close' })).count({ value: int32 }), int32, [
      ['a', 'x', 3],
      ['a', 'x', 4],
      ['a', 'x', 6],
      ['a', 'x', 25],
      ['a', 'in no window', 70],
    ]);
    expect(counts).toEqual([
      ['a', 0, 5, 2, 4],
      ['a', 5, 20, 1, 6],
      ['a', 20, 60, 1, 25],
    ]);
  });

  test.each([Number.NaN, -1, 1.5, Number.POSITIVE_INFINITY])('%p is no longest window', (longest) => {
    expect(() => window({ ...shift, longest })).toThrow('the longest of shift windows is');
  });

  test('windows that never close are refused', () => {
    expect(() => window({ ...shift, longest: Number.MAX_SAFE_INTEGER })).toThrow(
      'shift windows of 9007199254740991 ms never close: make them shorter, or use unlimited()',
    );
  });

  test.each<[string, { start: number; end: number }[], string]>([
    [
      'lies behind the timestamp',
      [{ start: 10, end: 15 }],
      'returned 10 to 15 for timestamp 5: the window must include',
    ],
    ['ends with the timestamp', [{ start: 0, end: 5 }], 'the window must include the timestamp'],
    ['ends before it starts', [{ start: 5, end: 0 }], 'the window must include the timestamp'],
    ['is no whole number', [{ start: 0.5, end: 9 }], 'use whole milliseconds since 1970'],
    ['is too long', [{ start: 0, end: 41 }], 'the longest window was given as 40 ms'],
    [
      'is there twice',
      [
        { start: 0, end: 9 },
        { start: 0, end: 9 },
      ],
      'order the windows by their start, each once',
    ],
  ])('a record fails when its window %s', (_, spans, message) => {
    const odd = window({ ...shift, of: () => spans });
    expect(() => run((group) => group.window(odd).count({ value: int32 }), int32, [['a', 'x', 5]])).toThrow(message);
  });
});
