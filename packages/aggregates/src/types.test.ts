import { describe, expect, test } from '@jest/globals';
import { double, int64, json, session, streams, string, type Table, topic, tumbling, type Windowed } from 'kstreams';
import type { Aggregate } from 'kstreams/authors';
import { avg, collect, combine, count, distinct, max, min, quantiles, sum, topN } from './index.js';

interface Order {
  readonly id: string;
  readonly total: number;
  readonly cents: bigint;
}

const order = json<Order>();
const orders = topic('orders', { key: string, value: order });
const app = streams('types');
const grouped = app.stream(orders).groupByKey();
const perHour = grouped.window(tumbling('1h'));
const visits = grouped.window(session('1h'));
const rows = app
  .table(topic('order-rows', { key: string, value: order }), { name: 'orders' })
  .groupBy((one, id) => [id, one], { key: string, value: order });

/** A type error unless both types are the same. */
const same =
  <A>() =>
  <B>(_: B, ..._equal: [A] extends [B] ? ([B] extends [A] ? [] : ['differs']) : ['differs']): void => {};

describe('results are inferred from the function of an aggregation', () => {
  test('on streams, windows, sessions and tables', () => {
    same<Table<string, number>>()(grouped.aggregate(sum((one) => one.total)));
    same<Table<string, bigint>>()(grouped.aggregate(sum((one) => one.cents)));
    same<Table<Windowed<string>, number>>()(perHour.aggregate(avg((one) => one.cents)));
    same<Table<Windowed<string>, string>>()(visits.aggregate(max((one) => one.id)));
    same<Table<Windowed<string>, { readonly p50: number; readonly p99: number }>>()(
      visits.aggregate(quantiles((one) => one.total, { p50: 0.5, p99: 0.99 })),
    );
    same<Table<Windowed<string>, readonly Order[]>>()(perHour.aggregate(topN(3, (one) => one.total)));
    same<Table<string, readonly string[]>>()(rows.aggregate(distinct((one) => one.id)));
    same<Table<string, readonly string[]>>()(rows.aggregate(collect((one) => one.id)));
    same<Table<string, readonly Order[]>>()(rows.aggregate(collect()));
    same<Table<string, number>>()(
      rows.aggregate(
        sum((one) => one.total),
        { name: 'sums', value: double },
      ),
    );
  });

  test('and combined', () => {
    same<Table<string, { readonly orders: number; readonly total: number; readonly mean: number }>>()(
      rows.aggregate(combine({ orders: count(), total: sum((one) => one.total), mean: avg((one) => one.total) })),
    );
    same<Table<Windowed<string>, { readonly least: number; readonly cents: bigint }>>()(
      visits.aggregate(combine({ least: min((one) => one.total), cents: sum((one) => one.cents) })),
    );
  });
});

test('an aggregation that cannot subtract is refused by tables, one that cannot merge by sessions', () => {
  const longest: Aggregate<Order, number> = {
    name: 'longest',
    add: (kept = 0, { id }) => Math.max(kept, id.length),
    serde: double,
  };
  // @ts-expect-error property 'subtract' is missing
  expect(() => rows.aggregate(max((one) => one.total))).toThrow('an aggregation with "add" and "subtract"');
  // @ts-expect-error property 'subtract' is missing
  expect(() => rows.aggregate(topN(3, (one) => one.total))).toThrow('use an aggregation with "add" and "subtract"');
  // @ts-expect-error property 'subtract' is missing
  expect(() => rows.aggregate(quantiles((one) => one.total, { p50: 0.5 }))).toThrow('"subtract"');
  // @ts-expect-error property 'subtract' is missing
  expect(() => rows.aggregate(combine({ most: max((one) => one.total), orders: count() }))).toThrow('"subtract"');
  // @ts-expect-error property 'merge' is missing
  expect(() => visits.aggregate(longest)).toThrow('an aggregation with "add" and "merge"');
  // @ts-expect-error property 'merge' is missing
  expect(() => visits.aggregate(combine({ longest }))).toThrow('"merge"');
  same<Table<Windowed<string>, number>>()(perHour.aggregate(longest));
});

test('functions of other values, and serdes of other results, are refused', () => {
  // @ts-expect-error a text is not added up
  grouped.aggregate(sum((one) => one.id));
  // @ts-expect-error there is no member "amount"
  grouped.aggregate(sum((one) => one.amount));
  const totals = sum<Order, number>((one) => one.total);
  // @ts-expect-error the sums are numbers
  grouped.aggregate(totals, { value: int64 });
  // @ts-expect-error objects are not compared
  grouped.aggregate(distinct((one) => one));
  expect(() => topN(0, (one: Order) => one.total)).toThrow('use a whole number of at least 1');
  expect(() => quantiles((one: Order) => one.total, { p99: 99 })).toThrow('quantile "p99" is 99');
});
