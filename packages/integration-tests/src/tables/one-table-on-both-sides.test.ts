/** Joins of tables that come from one table: what one update sends, and what groups behind make of it. */
import { expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { double, nullable, type Streams, streams, string, type Table, topic } from 'kstreams';

const numbers = topic('numbers', { key: string, value: double });
const results = topic('results', { key: string, value: nullable(string) });

type Build = (table: Table<string, number>) => Table<string, string>;
const pair = (left: number | undefined, right: number | undefined): string => `${left ?? '-'}|${right ?? '-'}`;
const options = { value: string };
const above = (table: Table<string, number>, least: number) => table.filter((value) => value > least);

const run = (build: Build, values: readonly (number | null)[]) => {
  const app: Streams = streams('app');
  build(app.table(numbers)).toStream().to(results);
  const driver = testDriver(app);
  return values.map((value, at) => {
    driver.input(numbers).pipe('k', value as number, at);
    return driver
      .output(results)
      .read()
      .map((one) => one.value);
  });
};

test.each<[string, Build, readonly (number | null)[], readonly (readonly (string | null)[])[]]>([
  ['itself', (t) => t.join(t, pair, options), [7, 8, null], [['7|7', '7|7'], ['8|8', '8|8'], [null]]],
  ['itself, on the left', (t) => t.leftJoin(t, pair, options), [7, null], [['7|7', '7|7'], [null]]],
  [
    'its mapped rows',
    (t) =>
      t.join(
        t.mapValues((value) => value * 2, { value: double }),
        pair,
        options,
      ),
    [7, null],
    [['7|14', '7|14'], [null]],
  ],
  [
    'two filters of it',
    (t) => above(t, 5).join(above(t, 6), pair, options),
    [7, 6, 7, 1],
    [['7|7', '7|7'], [null], ['7|7', '7|7'], [null]],
  ],
  [
    'two filters of it, of which one gets old values',
    (t) => above(t, 5).outerJoin(above(t, 6), pair, options),
    [7, 6, 1],
    [['7|7', '7|7'], ['6|-', '6|-'], [null]],
  ],
])('a table joined with %s', (_, build, values, expected) => {
  expect(run(build, values)).toEqual(expected);
});

test('two sides that keep rows are joined when the change of each arrives', () => {
  const timesTwo = (table: Table<string, number>, name: string) =>
    table.mapValues((value) => value * 2, { name, value: double });
  const kept: Build = (t) => timesTwo(t, 'left').join(timesTwo(t, 'right'), pair, options);
  expect(run(kept, [7, 8, null])).toEqual([['14|14'], ['16|14', '16|16'], [null]]);
});

test('a group behind counts each row once', () => {
  const counts: Build = (t) =>
    above(t, 5)
      .join(above(t, 6), pair, options)
      .groupBy((row) => ['all', row], { key: string, value: string })
      .count()
      .mapValues(String, options);
  expect(run(counts, [7, 8, 1, 9, null]).map((all) => all.at(-1))).toEqual(['1', '1', '0', '1', '0']);
});
