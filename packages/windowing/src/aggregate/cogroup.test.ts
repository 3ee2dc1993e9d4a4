/** Several streams in one aggregate: by key, and in every kind of windows. */
import { describe, expect, test } from '@jest/globals';
import { type CogroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { planTopology, topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import {
  calendar,
  hopping,
  session,
  sliding,
  tumbling,
  unlimited,
  type WindowEmitStrategy,
  type Windowed,
  windowed,
} from '../index.js';

const orders = topic('orders', { key: nullable(string), value: nullable(string) });
const payments = topic('payments', { key: nullable(string), value: nullable(string) });
const results = topic('results', { key: windowed(string), value: nullable(string) });
const byKey = topic('by-key', { key: string, value: nullable(string) });

type Cogroup = CogroupedStream<string, string | null, string>;

const begun = (app = streams('app')) => {
  const group: Cogroup = app
    .stream(orders)
    .groupByKey()
    .cogroup(
      () => '0',
      (aggregate, order) => `${aggregate}+${order}`,
    )
    .cogroup(app.stream(payments).groupByKey(), (aggregate, payment) =>
      payment === 'x' ? null : `${aggregate}-${payment}`,
    );
  return { app, group };
};

/** Returns the output of a windowed table for records `[topic, key, value, at]`. */
const run = (
  table: (group: Cogroup) => Table<Windowed<string>, string>,
  records: readonly (readonly [typeof orders, string | null, string | null, number])[],
) => {
  const { app, group } = begun();
  table(group).toStream().to(results);
  const driver = testDriver(app);
  for (const [to, key, value, at] of records) driver.input(to).pipe(key, value, at);
  const out = driver.output(results).read();
  return { out: out.map(({ key, value, timestamp }) => [key.start, key.end, value, timestamp]), driver };
};

test('by key: each stream has an aggregator; nulls are dropped, a null aggregate deletes', () => {
  const { app, group } = begun();
  group.aggregate({ name: 'balances', value: string }).toStream().to(byKey);
  const driver = testDriver(app);
  driver.input(orders).pipe('a', '1', 5);
  driver.input(payments).pipe('a', '2', 3);
  driver.input(payments).pipe('a', null, 4);
  driver.input(orders).pipe(null, '3', 4);
  driver.input(payments).pipe('a', 'x', 6);
  driver.input(orders).pipe('a', '4', 2);
  expect(
    driver
      .output(byKey)
      .read()
      .map(({ value, timestamp }) => [value, timestamp]),
  ).toEqual([
    ['0+1', 5],
    ['0+1-2', 5],
    [null, 6],
    ['0+4', 2],
  ]);
  expect([driver.dropped('null-key'), driver.dropped('null-value')]).toEqual([1, 1]);
});

/** Longer than any window needs to close. */
const retention = 300_000_000;

const kinds: readonly (readonly [
  string,
  (emit: WindowEmitStrategy) => (group: Cogroup) => Table<Windowed<string>, string>,
  nulls: boolean,
])[] = [
  ['tumbling', (emit) => (group) => group.window(tumbling(10, { emit, retention })).aggregate({ value: string }), true],
  [
    'hopping',
    (emit) => (group) => group.window(hopping(10, { advance: 10, emit, retention })).aggregate({ value: string }),
    true,
  ],
  [
    'session',
    (emit) => (group) => group.window(session(4, { emit })).aggregate((a, b) => a + b, { value: string }),
    true,
  ],
  ['sliding', (emit) => (group) => group.window(sliding(10, { emit, retention })).aggregate({ value: string }), false],
  [
    'calendar',
    (emit) => (group) => group.window(calendar('day', { zone: 'UTC', emit })).aggregate({ value: string }),
    true,
  ],
];

describe.each(kinds)('in %s windows', (_, table, nulls) => {
  test.each<WindowEmitStrategy>(['on-update', 'on-close'])(
    '%s: both add to one window; its value is the same in the end',
    (emit) => {
      const { out, driver } = run(table(emit), [
        [orders, 'a', '1', 1],
        [payments, 'a', '2', 1],
        [payments, 'a', null, 1],
        [orders, 'z', '9', 200_000_000],
      ]);
      const last = out.filter(([start]) => (start as number) < 10).at(-1);
      expect(String(last?.[2])).toMatch(nulls ? /^0*\+1-2-null$/ : /^0\+1-2$/);
      expect(driver.dropped('null-value')).toBe(nulls ? 0 : 1);
    },
  );
});

test('in an unlimited window', () => {
  const { out } = run(
    (group) => group.window(unlimited({ from: 2 })).aggregate({ value: string }),
    [
      [orders, 'a', '1', 1],
      [payments, 'a', '2', 3],
      [orders, 'a', '4', 2],
    ],
  );
  expect(out).toEqual([
    [2, Number.MAX_SAFE_INTEGER, '0-2', 3],
    [2, Number.MAX_SAFE_INTEGER, '0-2+4', 3],
  ]);
});

test('on update a stream is late by its own time; on close all share one', () => {
  const records = [
    [orders, 'a', '1', 30],
    [payments, 'a', '2', 12],
    [payments, 'a', '3', 40],
    [payments, 'a', '4', 13],
  ] as const;
  const kept = { retention: 100 };
  const updates = run((group) => group.window(tumbling(10, kept)).aggregate({ value: string }), records);
  expect(updates.out.map(([start, , value]) => [start, value])).toEqual([
    [30, '0+1'],
    [10, '0-2'],
    [40, '0-3'],
  ]);
  expect(updates.driver.dropped('late')).toBe(1);
  const closes = run(
    (group) => group.window(tumbling(10, { ...kept, emit: 'on-close' })).aggregate({ value: string }),
    records,
  );
  expect(closes.out.map(([start, , value]) => [start, value])).toEqual([[30, '0+1']]);
  expect(closes.driver.dropped('late')).toBe(2);
});

test('its streams need equal partition counts, and are repartitioned if keys were changed', () => {
  const app = streams('app');
  const moved = app.stream(orders).groupBy((order) => String(order), { key: string });
  moved
    .cogroup(
      () => '',
      (aggregate) => aggregate,
    )
    .cogroup(app.stream(payments).groupByKey(), (aggregate) => aggregate)
    .aggregate({ name: 'all', value: string });
  const { copartitionGroups, internalTopics, subtopologies } = app.describe().toJSON();
  expect(copartitionGroups).toEqual([['orders', 'payments']]);
  expect(planTopology(app.build()).copartitionGroups).toEqual([['app-all-0-repartition', 'payments']]);
  expect(internalTopics.map(({ name }) => name)).toEqual([
    'app-all-0-repartition',
    'app-all-changelog',
    'app-placement',
  ]);
  expect(subtopologies).toHaveLength(2);
});

test('streams of two applications are refused', () => {
  const { group } = begun();
  expect(() =>
    group.cogroup(streams('other').stream(payments).groupByKey() as never, (aggregate) => aggregate),
  ).toThrow('cogroup in application "app" takes "source-0" of application "other"');
});
