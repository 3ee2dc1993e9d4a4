/** Tables with rows that are never deleted: their streams have no null, by type and at run time. */
import { describe, expect, test } from '@jest/globals';
import { type Stream, type Streams, streams, type Table, untilTimeLimit, untilWindowCloses } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { double, int32, nullable, string } from '@kstreams/serde';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { grouped, type Order } from '../test/orders.js';
import { hopping, session, sliding, tumbling, type WindowEmitStrategy, type Windowed, windowed } from './index.js';

const minutes = grouped().window(tumbling('1m'));
const visits = grouped().window(session('1m'));
const larger = { value: double };
const sumOrNull = (total: number, order: { readonly total: number }) =>
  order.total === 0 ? null : total + order.total;

describe('the type of the stream of a table', () => {
  test('has no null behind a suppression until windows close', () => {
    typeOf(minutes.count().suppress(untilWindowCloses()).toStream()).is<Stream<Windowed<string>, number>>(true);
    const sums = minutes.aggregate(() => 0, sumOrNull, larger);
    typeOf(sums.toStream()).is<Stream<Windowed<string>, number | null>>(true);
    typeOf(sums.suppress(untilWindowCloses())).is<Table<Windowed<string>, number, never>>(true);
    typeOf(sums.suppress(untilWindowCloses()).toStream()).is<Stream<Windowed<string>, number>>(true);
    typeOf(sums.suppress(untilTimeLimit('1m')).toStream()).is<Stream<Windowed<string>, number | null>>(true);
    typeOf(visits.count().suppress(untilWindowCloses()).toStream()).is<Stream<Windowed<string>, number>>(true);
    compiled(() => {
      // @ts-expect-error a time limit forwards deletes
      const forwarded: Stream<Windowed<string>, number> = sums.suppress(untilTimeLimit('1m')).toStream();
      return forwarded;
    });
  });

  test('has no null behind windows that emit on close', () => {
    const closing = grouped().window(hopping('1h', { advance: '1m', emit: 'on-close' }));
    typeOf(closing.aggregate(() => 0, sumOrNull, larger).toStream()).is<Stream<Windowed<string>, number>>(true);
    const idle = grouped().window(session('1m', { emit: { on: 'close', idleAfter: '1m' } }));
    typeOf(idle.count().toStream()).is<Stream<Windowed<string>, number>>(true);
    typeOf(visits.count().toStream()).is<Stream<Windowed<string>, number | null>>(true);
    typeOf(
      grouped()
        .window(session('1m', { emit: 'on-commit' }))
        .count(),
    ).is<Table<Windowed<string>, number>>(true);
    compiled(() => {
      const emit = 'on-close' as WindowEmitStrategy;
      // @ts-expect-error they may emit on update
      const maybe: Table<Windowed<string>, number, never> = grouped().window(session(1, { emit })).count();
      // @ts-expect-error sessions that merge are deleted
      const sessions: Stream<Windowed<string>, number> = visits.count().toStream();
      return [maybe, sessions];
    });
  });

  test('has no null behind counts, reducers that return none and mappers of them that return none', () => {
    const orders = grouped();
    typeOf(orders.count().toStream()).is<Stream<string, number>>(true);
    typeOf(orders.reduce((last) => last)).is<Table<string, Order, never>>(true);
    typeOf(orders.reduce((last) => (last.total === 0 ? null : last))).is<Table<string, Order>>(true);
    typeOf(minutes.reduce((last) => last)).is<Table<Windowed<string>, Order, never>>(true);
    typeOf(visits.reduce((last) => last)).is<Table<Windowed<string>, Order>>(true);
    typeOf(orders.count({ ttl: '1d' }).toStream()).is<Stream<string, number | null>>(true);
    typeOf(orders.count({ ttl: { after: 5, clock: 'wall' } }).toStream()).is<Stream<string, number | null>>(true);
    typeOf(orders.count({ ttl: undefined }).toStream()).is<Stream<string, number>>(true);
    typeOf(orders.count().mapValues((count) => `${count}`)).is<Table<string, string, never>>(true);
    typeOf(orders.count().mapValues((count) => (count > 1 ? count : undefined))).is<Table<string, number>>(true);
    typeOf(orders.count().filter((count) => count > 1)).is<Table<string, number>>(true);
    const anything: Table<unknown, unknown> = orders.count();
    expect(anything.is).toBe('table');
    compiled(() => {
      // @ts-expect-error the first value of a window may be null, which deletes it
      const first: Table<Windowed<string>, number, never> = nulls()
        .window(tumbling(1))
        .reduce((sum) => sum);
      // @ts-expect-error rows that do not pass are deleted
      const passing: Stream<string, number> = orders.count().filter(Boolean).toStream();
      return [first, passing];
    });
  });
});

const input = topic('input', { key: string, value: nullable(int32) });
const nulls = () => streams('app').stream(input).groupByKey();

/** The sums of windows; a null or a zero deletes the sum. */
const sums = (at: number | null | undefined, value: number | null) => (value ? (at ?? 0) + value : null);
const zero = () => 0;
const options = { value: int32 };
const emit = 'on-close';

const tables: Record<string, (app: Streams) => Table<Windowed<string>, number, never>> = {
  'tumbling on close': (app) =>
    read(app)
      .window(tumbling(10, { emit, grace: 3 }))
      .aggregate(zero, sums, options),
  'sliding on close': (app) => read(app).window(sliding(7, { emit })).aggregate(zero, sums, options),
  'sessions on close': (app) =>
    read(app)
      .window(session(4, { emit }))
      .aggregate(zero, sums, (a, b) => a + b, options),
  'hopping counts': (app) =>
    read(app)
      .window(hopping(9, { advance: 4 }))
      .count(),
  'suppressed windows': (app) =>
    read(app)
      .window(tumbling(10, { grace: 3 }))
      .aggregate(zero, sums, options)
      .suppress(untilWindowCloses()),
  'suppressed sessions': (app) =>
    read(app)
      .window(session(4, { grace: 2 }))
      .aggregate(zero, sums, (a, b) => a + b, options)
      .suppress(untilWindowCloses()),
  'suppressed cogroups': (app) =>
    read(app)
      .cogroup(zero, sums)
      .cogroup(app.stream(other).groupByKey(), sums)
      .window(tumbling(10))
      .aggregate(options)
      .suppress(untilWindowCloses()),
};
const other = topic('other', { key: string, value: nullable(int32) });
const read = (app: Streams) => app.stream(input).groupByKey();

test.each(Object.keys(tables))('%s forward no delete', (name) => {
  const values = fc.tuple(fc.boolean(), fc.constantFrom('a', 'b'), fc.option(fc.nat(2)), fc.nat(60));
  fc.assert(
    fc.property(fc.array(values, { maxLength: 40, size: 'max' }), (records) => {
      const app = streams('app');
      const results = topic('results', { key: windowed(string), value: int32 });
      (tables[name] as (app: Streams) => Table<Windowed<string>, number, never>)(app).toStream().to(results);
      const driver = testDriver(app);
      const cogroup = name === 'suppressed cogroups';
      for (const [toOther, key, value, at] of records)
        driver.input(cogroup && toOther ? other : input).pipe(key, value, at);
      expect(
        driver
          .output(results)
          .read()
          .map(({ value }) => value),
      ).not.toContain(null);
    }),
    { numRuns: 100 },
  );
});

test('a delete of a window that was forwarded is counted as late', () => {
  const app = streams('app');
  const results = topic('results', { key: windowed(string), value: int32 });
  const table = tables['suppressed cogroups'] as (app: Streams) => Table<Windowed<string>, number, never>;
  table(app).toStream().to(results);
  const driver = testDriver(app);
  driver.input(input).pipe('a', 2, 5);
  driver.input(input).pipe('a', 2, 15);
  expect(driver.output(results).read()).toMatchObject([{ key: { start: 0 }, value: 2 }]);
  driver.input(other).pipe('a', null, 6); // on time by the clock of the other stream
  expect(driver.output(results).read()).toEqual([]);
  expect(driver.dropped('late')).toBe(1);
});
