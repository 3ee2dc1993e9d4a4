/** Windows that close after a silence: every kind, exact under the driver's clock. */
import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { int32, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import {
  calendar,
  hopping,
  session,
  sliding,
  tumbling,
  type WindowEmitStrategy,
  type Windowed,
  windowed,
} from '../index.js';

const readings = topic('readings', { key: string, value: string });
const results = topic('results', { key: windowed(string), value: nullable(int32) });

type Count = (group: GroupedStream<string, string>) => Table<Windowed<string>, number>;
const emit: WindowEmitStrategy = { on: 'close', idleAfter: '1m' };
const grace = '10s';
const minute = 60_000;

const run = (count: Count) => {
  const app = streams('app');
  count(app.stream(readings).groupByKey()).toStream().to(results);
  const driver = testDriver(app);
  const out = () =>
    driver
      .output(results)
      .read()
      .map(({ key, value, timestamp }) => [key.key, key.start, key.end, value, timestamp]);
  return { driver, input: driver.input(readings), out };
};

describe.each<[string, Count, readonly unknown[]]>([
  ['tumbling', (group) => group.window(tumbling('1m', { grace, emit })).count(), ['a', 0, minute, 1, 5]],
  ['hopping', (group) => group.window(hopping('1m', { advance: '1m', grace, emit })).count(), ['a', 0, minute, 1, 5]],
  ['session', (group) => group.window(session('1m', { grace, emit })).count(), ['a', 5, 5, 1, 5]],
  ['sliding', (group) => group.window(sliding('1m', { grace, emit })).count(), ['a', 0, minute, 1, 5]],
  [
    'calendar',
    (group) => group.window(calendar('day', { zone: 'UTC', grace, emit })).count(),
    ['a', 0, 86_400_000, 1, 5],
  ],
])('%s windows', (_, count, window) => {
  test('close after that idle time, to the millisecond; later records are late', () => {
    const { driver, input, out } = run(count);
    input.pipe('a', 'x', 5);
    driver.advance(minute - 1);
    expect(out()).toEqual([]);
    driver.advance(1);
    expect(out()).toEqual([window]);
    driver.advance('1d');
    expect(out()).toEqual([]);
    input.pipe('a', 'y', 5);
    expect([driver.dropped('late'), out()]).toEqual([1, []]);
  });

  test('a record restarts the idle time, even with another key', () => {
    const { driver, input, out } = run(count);
    input.pipe('a', 'x', 5);
    driver.advance(minute - 1);
    input.pipe('b', 'x', 5);
    driver.advance(minute - 1);
    expect(out()).toEqual([]);
    driver.advance(1);
    expect(out()).toEqual([window, ['b', ...window.slice(1)]]);
  });
});

test('a close moves time to the end of the last window and its grace, no further', () => {
  const { driver, input, out } = run((group) => group.window(tumbling('1m', { grace, emit })).count());
  input.pipe('a', 'x', 5);
  input.pipe('a', 'x', minute);
  driver.advance('1m');
  expect(out()).toEqual([
    ['a', 0, minute, 1, 5],
    ['a', minute, 2 * minute, 1, minute],
  ]);
  input.pipe('a', 'y', 2 * minute - 1);
  expect(driver.dropped('late')).toBe(1);
  input.pipe('a', 'y', 2 * minute);
  driver.advance('1m');
  expect(out()).toEqual([['a', 2 * minute, 3 * minute, 1, 2 * minute]]);
});

test('each idle time closes the windows before it, and none twice', () => {
  const { driver, input, out } = run((group) => group.window(tumbling('1m', { emit })).count());
  for (const at of [0, minute, 2 * minute]) {
    input.pipe('a', 'x', at);
    driver.advance('10m');
    driver.advance('10m');
  }
  expect(out().map(([, start]) => start)).toEqual([0, minute, 2 * minute]);
});

test('windows closed by later records need no idle time', () => {
  const { driver, input, out } = run((group) => group.window(tumbling('1m', { emit })).count());
  input.pipe('a', 'x', 0);
  input.pipe('a', 'x', minute);
  expect(out()).toEqual([['a', 0, minute, 1, 0]]);
  driver.advance('1m');
  expect(out()).toEqual([['a', minute, 2 * minute, 1, minute]]);
});
