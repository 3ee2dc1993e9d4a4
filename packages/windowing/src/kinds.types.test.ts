/** Sessions, cogroups, calendars and late topics that the compiler accepts and refuses, or that are refused when built. */
import { describe, expect, test } from '@jest/globals';
import { type CogroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { ConfigError, topic } from '@kstreams/core/graph';
import { double, int32, json, string } from '@kstreams/serde';
import { same } from '@kstreams/test-support/type-of';
import { grouped, type Order, orders, zero } from '../test/orders.js';
import {
  calendar,
  cron,
  type SessionStream,
  session,
  sliding,
  tumbling,
  unlimited,
  type Windowed,
  type WindowedCogroup,
  type WindowedStream,
} from './index.js';

describe('late records', () => {
  const late = topic('late', { key: string, value: json<Order>() });

  test('go to a topic that takes them', () => {
    expect(
      grouped()
        .window(tumbling('1h', { late: { to: late } }))
        .count(),
    ).toBeDefined();
    expect(
      grouped()
        .window(session('1h', { late: { to: late } }))
        .count(),
    ).toBeDefined();
    expect(
      grouped()
        .window(sliding('1h', { late: 'drop' }))
        .count(),
    ).toBeDefined();
    const wider = topic('wider', { key: string, value: json<Order | string>() });
    const hours = grouped().window(calendar('day', { zone: 'UTC', late: { to: wider } }));
    same<typeof hours, WindowedStream<string, Order>>(true);
    // @ts-expect-error the topic is of texts
    grouped().window(tumbling('1h', { late: { to: topic('texts', { key: string, value: string }) } }));
    // @ts-expect-error its keys are numbers
    grouped().window(session('1h', { late: { to: topic('numbered', { key: int32, value: json<Order>() }) } }));
    // @ts-expect-error a topic, or dropped
    expect(() => tumbling('1h', { late: 'keep' })).toThrow("use 'drop' or { to }");
    // @ts-expect-error a topic has serdes
    expect(() => sliding('1h', { late: { to: 'late' } })).toThrow('option "late.to" of sliding is "late": use a topic');
  });
});

describe('sessions', () => {
  test('are aggregated with a merge function', () => {
    const sessions = grouped().window(session('30m', { grace: '5m', emit: { on: 'close', idleAfter: '1m' } }));
    same<typeof sessions, SessionStream<string, Order, never>>(true);
    const totals = sessions.aggregate(
      () => 0,
      (sum, order, key) => {
        same<[typeof sum, typeof order, typeof key], [number, Order, string]>(true);
        return sum + order.total;
      },
      (left, right, key) => {
        same<[typeof left, typeof right, typeof key], [number, number, string]>(true);
        return left + right;
      },
      { value: double },
    );
    same<typeof totals, Table<Windowed<string>, number, never>>(true);
    const counts = sessions.count();
    same<typeof counts, Table<Windowed<string>, number, never>>(true);
    const largest = sessions.reduce((aggregate, order) => (aggregate.total > order.total ? aggregate : order));
    same<typeof largest, Table<Windowed<string>, Order, never>>(true);
    // @ts-expect-error sessions merge
    expect(() => sessions.aggregate(zero, (sum, order) => sum + order.total, { value: double })).toBeDefined();
    const kept = (sum: number) => sum;
    // @ts-expect-error numbers are merged to a number
    sessions.aggregate(zero, kept, (left, right) => `${left}${right}`, { value: double });
    // @ts-expect-error nobody awaits the promise
    expect(() => sessions.aggregate(zero, kept, async (left) => left, { value: double })).toThrow(ConfigError);
  });
});

describe('cogroups', () => {
  const refunds = topic('refunds', { key: string, value: double });

  test('add to one aggregate with an aggregator each', () => {
    const app = streams('shop');
    const all = app
      .stream(orders)
      .groupByKey()
      .cogroup(
        () => 0,
        (sum, order, key) => {
          same<[typeof sum, typeof order, typeof key], [number, Order, string]>(true);
          return sum + order.total;
        },
      )
      .cogroup(app.stream(refunds).groupByKey(), (sum, refund) => {
        same<[typeof sum, typeof refund], [number, number]>(true);
        return sum - refund;
      });
    same<typeof all, CogroupedStream<string, Order | number, number>>(true);
    const balances = all.aggregate({ name: 'balances', value: double });
    same<typeof balances, Table<string, number>>(true);
    const daily = all.window(calendar('day', { zone: 'UTC' }));
    same<typeof daily, WindowedCogroup<string, Order | number, number>>(true);
    const perDay = daily.aggregate({ value: double });
    same<typeof perDay, Table<Windowed<string>, number>>(true);
    const perSession = all.window(session('1h')).aggregate((left, right) => left + right, { value: double });
    same<typeof perSession, Table<Windowed<string>, number>>(true);
    // @ts-expect-error the serde is of texts
    all.aggregate({ value: string });
    // @ts-expect-error sessions merge
    expect(() => all.window(session('1h')).aggregate({ value: double })).toBeDefined();
    // @ts-expect-error a text is no aggregate of numbers
    all.cogroup(app.stream(refunds).groupByKey(), (sum, refund) => `${sum}${refund}`);
    const numbered = topic('numbered', { key: int32, value: double });
    // @ts-expect-error its keys are numbers
    all.cogroup(app.stream(numbered).groupByKey(), (sum) => sum);
    // @ts-expect-error late refunds are no orders
    all.window(tumbling('1h', { late: { to: orders } }));
    expect(() =>
      app
        .stream(orders)
        .groupByKey()
        .cogroup(zero, (sum) => sum)
        .aggregate(),
    ).toThrow('needs a serde');
  });

  test('refuse async aggregators', () => {
    const group = grouped();
    // @ts-expect-error nobody awaits the promise
    expect(() => group.cogroup(zero, async (sum) => sum)).toThrow('returns a promise');
  });
});

test('windows of the calendar begin where their unit can', () => {
  expect(calendar('week', { zone: 'UTC', start: { weekday: 'sunday', time: '06:00' } }).of?.(0)).toHaveLength(1);
  expect(calendar('year', { zone: 'UTC', start: { month: 7, day: 6 } }).of?.(0)).toHaveLength(1);
  // @ts-expect-error a zone is needed
  expect(() => calendar('day', {})).toThrow(ConfigError);
  // @ts-expect-error no unit
  expect(() => calendar('decade', { zone: 'UTC' })).toThrow(ConfigError);
  // @ts-expect-error days begin in no month
  expect(() => calendar('day', { zone: 'UTC', start: { month: 7 } })).toThrow('no option "start.month"');
  // @ts-expect-error no day of the week
  expect(() => calendar('week', { zone: 'UTC', start: { weekday: 'Funday' } })).toThrow(
    'a week cannot start on "Funday"',
  );
  // @ts-expect-error a line of cron has a zone
  expect(() => cron('0 0 * * *')).toThrow('the options of cron are missing');
  // @ts-expect-error a window without end never closes
  expect(() => unlimited({ emit: 'on-close' })).toThrow('never closes');
  // @ts-expect-error a silence is long
  expect(() => tumbling('1m', { emit: { on: 'update', idleAfter: '1m' } })).toThrow("use 'close'");
});

test.each<[() => unknown, string]>([
  [() => sliding(0), 'the difference of sliding windows is 0: make it longer'],
  [() => sliding('1m', { retention: '90s' }), 'make the retention at least that long'],
  [() => session(-1), 'the gap of sessions is -1, which is not a duration'],
  [() => session('1m', { grace: '1m', retention: '90s' }), 'make the retention at least that long'],
  [
    () => session('1m', { emit: { on: 'close', idleAfter: -1 } }),
    'option "emit.idleAfter" of session is -1: use a duration',
  ],
  [() => unlimited({ from: -1 }), 'option "from" of unlimited is -1: use whole milliseconds since 1970'],
  [() => calendar('day', { zone: 'Europe/Pariss' }), '"Europe/Pariss" is not a known time zone'],
  [() => calendar('day', { zone: 'UTC', start: { time: '24:00' } }), 'a day cannot start at "24:00"'],
  [() => calendar('month', { zone: 'UTC', start: { day: 29 } }), 'cannot start in day 29'],
  [() => calendar('year', { zone: 'UTC', start: { month: 13 } }), 'cannot start in month 13'],
])('%s is refused where it is written', (write, words) => {
  expect(write).toThrow(ConfigError);
  expect(write).toThrow(words);
});
