import { describe, expect, test } from '@jest/globals';
import { streams, topic } from '@kstreams/core';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { hopping, tumbling, type WindowOptions, windowed } from './index.js';

const readings = topic('readings', { key: string, value: double });
const sums = topic('sums', { key: windowed(string), value: double });

interface Reading {
  readonly key: string;
  readonly value: number;
  readonly at: number;
}

const input = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b'),
    value: fc.integer({ min: 1, max: 9 }),
    at: fc.integer({ min: 0, max: 60 }),
  }),
  { maxLength: 40 },
);

const run = (size: number, advance: number, options: WindowOptions, records: readonly Reading[]) => {
  const app = streams('app');
  const kind = advance === size ? tumbling(size, options) : hopping(size, { ...options, advance });
  app
    .stream(readings)
    .groupByKey()
    .window(kind)
    .aggregate(
      () => 0,
      (sum, value) => sum + value,
      { value: double },
    )
    .toStream()
    .to(sums);
  const driver = testDriver(app);
  for (const { key, value, at } of records) driver.input(readings).pipe(key, value, at);
  return { output: driver.output(sums).read(), late: driver.dropped('late') };
};

/** Holds every record: the last sum of each window, and how often a record was late for one. */
const naively = (size: number, advance: number, grace: number, records: readonly Reading[]) => {
  const last = new Map<string, number>();
  let late = 0;
  records.forEach(({ key, value, at }, i) => {
    const streamTime = Math.max(...records.slice(0, i + 1).map((one) => one.at));
    for (let start = 0; start <= at; start += advance) {
      if (at >= start + size) continue;
      if (start + size <= streamTime - grace) late++;
      else last.set(`${key} ${start}`, (last.get(`${key} ${start}`) ?? 0) + value);
    }
  });
  return { last, late };
};

describe.each([
  [10, 10, 0],
  [10, 10, 7],
  [10, 5, 3],
  [12, 4, 0],
])('windows of %i every %i with grace %i', (size, advance, grace) => {
  test('updates end where a model that holds every record ends, late records are counted', () => {
    fc.assert(
      fc.property(input, (records) => {
        const { output, late } = run(size, advance, { grace }, records);
        const expected = naively(size, advance, grace, records);
        const last = new Map(output.map(({ key, value }) => [`${key.key} ${key.start}`, value]));
        expect(last).toEqual(expected.last);
        expect(late).toBe(expected.late);
      }),
    );
  });

  test('on close each window comes once, closed, with its final sum', () => {
    fc.assert(
      fc.property(input, (records) => {
        const { output } = run(size, advance, { grace, emit: 'on-close', retention: 1_000 }, records);
        const { last } = naively(size, advance, grace, records);
        const streamTime = Math.max(-1, ...records.map(({ at }) => at));
        const closed = [...last].filter(([id]) => Number(id.split(' ')[1]) + size <= streamTime - grace);
        expect(output.map(({ key, value }) => [`${key.key} ${key.start}`, value]).sort()).toEqual(closed.sort());
      }),
    );
  });
});

test('both bounds are in the key, in the order of time', () => {
  const serde = windowed(string);
  const at = { topic: 'sums', headers: [] };
  const day = { key: 'a', start: -3_600_000, end: 79_200_000 };
  expect(serde.decode(serde.encode(day, at), at)).toEqual(day);
});

test('a window that cannot be is refused where it is written', () => {
  expect(() => tumbling(0)).toThrow('the size of a tumbling window is 0');
  expect(() => hopping('1m', { advance: '2m' })).toThrow('cannot begin every 120000 ms');
  expect(() => tumbling('1m', { retention: '30s' })).toThrow('make the retention at least that long');
  // @ts-expect-error a stream is cut into windows once it is grouped
  expect(() => streams('app').stream(readings).window(tumbling('1m'))).toThrow();
});
