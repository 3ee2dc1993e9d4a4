/** The types of streams and their groups; `npm run types` checks them, each refusal by the error that it expects. */
import { describe, expect, test } from '@jest/globals';
import { by, byKey, within } from '@kstreams/joins';
import { double, json, nullable, string } from '@kstreams/serde';
import { compiled, typeOf } from '@kstreams/test-support/type-of';
import { tumbling, type Windowed, windowed } from '@kstreams/windowing';
import { P } from 'ts-pattern';
import {
  type Bytes,
  type Context,
  type GroupedStream,
  keyValue,
  type Operator,
  type Stream,
  streams,
  type Table,
  topic,
  type ValueContext,
  withValue,
} from '../index.js';

interface Order {
  readonly customer: string;
  readonly total: number;
  readonly coupon?: string;
}
interface Paid extends Order {
  readonly paidAt: number;
}
type Payment =
  | { readonly state: 'paid'; readonly amount: number }
  | { readonly state: 'failed'; readonly reason: string };

const order = json<Order>();
const app = streams('app', { defaults: { key: string, value: order }, joinCondition: byKey() });
const orders = app.stream(topic('orders', { key: string, value: order }));
const payments = app.stream(topic('payments', { key: string, value: json<Payment>() }));
const customers = app.table(topic('customers', { key: string, value: json<{ name: string }>() }));
const airports = app.globalTable(topic('airports', { key: double, value: string }));

describe('sources', () => {
  test('a topic gives its types, several give their common one', () => {
    typeOf(orders).is<Stream<string, Order>>(true);
    typeOf(app.stream(topic('lines', { value: string }))).is<Stream<Bytes | null, string>>(true);
    const both = app.stream([topic('a', { key: string, value: double }), topic('b', { key: string, value: double })]);
    typeOf(both).is<Stream<string, number>>(true);
    typeOf(app.stream({ pattern: /c.*/, key: string, value: nullable(double) })).is<Stream<string, number | null>>(
      true,
    );
    compiled(() => {
      // @ts-expect-error the topics hold different values
      app.stream([topic('a', { key: string, value: double }), topic('b', { key: string, value: string })]);
      // @ts-expect-error a place to begin is one of three
      app.stream(topic('a', { value: string }), { from: 'somewhere' });
      // @ts-expect-error a duration has a unit
      app.stream(topic('a', { value: string }), { from: { ago: '5 parsecs' } });
    });
  });
});

describe('variance', () => {
  test('streams, groups and tables are covariant', () => {
    const anything: Stream<string, unknown> = orders;
    const groups: GroupedStream<string, unknown> = orders.groupByKey();
    const rows: Table<unknown, Partial<Order>> = orders.toTable();
    expect([anything, groups, rows].every(Boolean)).toBe(true);
    compiled(() => {
      // @ts-expect-error not every order is paid
      const paid: Stream<string, Paid> = orders;
      // @ts-expect-error nor in groups
      const grouped: GroupedStream<string, Paid> = orders.groupByKey();
      // @ts-expect-error nor in a table
      const table: Table<string, Paid> = orders.toTable();
      return [paid, grouped, table];
    });
  });

  test('a serde may be of a wider type, which the stream then has, and not of a narrower one', () => {
    typeOf(orders.with({ value: order })).is<Stream<string, Order>>(true);
    typeOf(orders.with({ value: json<Order | Payment>() })).is<Stream<string, Order | Payment>>(true);
    compiled(() => {
      // @ts-expect-error not every order can be written as a paid one
      orders.with({ value: json<Paid>() });
      // @ts-expect-error nor every key as a number
      orders.with({ key: double });
    });
  });

  test('a sink takes a topic of a wider type and none of a narrower one', () => {
    orders.to(topic('same', { key: string, value: order }));
    orders.to(topic('wider', { key: string, value: json<Order | Payment>() }));
    orders
      .toTable()
      .toStream()
      .to(topic('deletes', { key: string, value: order }));
    orders.to({ choose: ({ value }) => value.customer, key: string, value: order });
    compiled(() => {
      // @ts-expect-error not every order is paid
      orders.to(topic('narrower', { key: string, value: json<Paid>() }));
      // @ts-expect-error keys are text
      orders.to(topic('keys', { key: double, value: order }));
      // @ts-expect-error a windowed key is not text
      orders.to(topic('windows', { key: windowed(string), value: order }));
    });
  });
});

describe('steps', () => {
  test('a type guard narrows, undefined is no value, serdes have the type of what is made', () => {
    typeOf(orders.filter((one): one is Paid => 'paidAt' in one)).is<Stream<string, Paid>>(true);
    typeOf(orders.mapValues((one) => one.coupon ?? null)).is<Stream<string, string | null>>(true);
    typeOf(orders.map((one, id) => [one.total, id], { key: double, value: string })).is<Stream<number, string>>(true);
    compiled(() => {
      // @ts-expect-error a coupon may be absent
      orders.mapValues((one) => one.coupon);
      // @ts-expect-error a total is no text
      orders.mapValues((one) => one.total, { value: string });
      // @ts-expect-error a total is no test
      orders.filter((one) => one.total);
      // @ts-expect-error a mapper of records gives a key and a value
      orders.map((one) => one.total);
      // @ts-expect-error only kept can be promised
      orders.selectKey((one) => one.total, { partitioned: 'changed' });
    });
  });

  test('streams that merge have keys of one type', () => {
    typeOf(orders.merge(payments)).is<Stream<string, Order | Payment>>(true);
    compiled(() => {
      // @ts-expect-error keys are text here and numbers there
      orders.merge(orders.selectKey((one) => one.total));
    });
  });

  test('split names its branches', () => {
    const { large, small } = orders.split({ large: (one) => one.total > 9 }, { rest: 'small' });
    typeOf(large).is<Stream<string, Order>>(true);
    typeOf(small).is<Stream<string, Order>>(true);
    // @ts-expect-error there is no such branch
    expect(orders.split({ large: (one) => one.total > 9 }).small).toBeUndefined();
  });

  test('match narrows each branch and the rest, and covers all values', () => {
    const { paid, failed } = payments.match({ paid: { state: 'paid' }, failed: { state: 'failed' } });
    typeOf(paid.mapValues((one) => one.amount)).is<Stream<string, number>>(true);
    typeOf(failed.mapValues((one) => one.reason)).is<Stream<string, string>>(true);
    const { others } = payments.match({ large: { state: 'paid', amount: P.number.gt(9) } }, { rest: 'others' });
    typeOf(others).is<Stream<string, Payment>>(true);
    payments.match({ all: P._ });
    payments.match({ paid: { state: 'paid', amount: P.number }, failed: { state: 'failed', reason: P.string } });
    compiled(() => {
      // @ts-expect-error what failed has no branch
      payments.match({ paid: { state: 'paid' } });
      // @ts-expect-error what is not large has no branch
      payments.match({ large: { state: 'paid', amount: P.number.gt(9) }, failed: { state: 'failed' } });
      // @ts-expect-error there is no such state
      payments.match({ lost: { state: 'lost' } }, { rest: 'others' });
    });
  });

  test('process forwards the types of its context, processValues values only', () => {
    const shout = orders.process((context: Context<number, string>) => (from) => {
      typeOf(from.value).is<Order>(true);
      context.forward({ ...from, key: from.value.total, value: from.key });
    });
    typeOf(shout).is<Stream<number, string>>(true);
    const totals = orders.processValues((context: ValueContext<number>) => (from) => context.forward(from.value.total));
    typeOf(totals).is<Stream<string, number>>(true);
    compiled(() => {
      orders.process((context: Context<string, number>) => (from) => {
        // @ts-expect-error an order is no number
        context.forward(from);
      });
      orders.processValues((context: ValueContext<number>) => (from) => {
        // @ts-expect-error values are forwarded, not records
        context.forward(withValue(from, 1));
      });
      orders.process((context: Context<string, number>) => {
        const store = context.store(keyValue('seen', { key: string, value: double }));
        // @ts-expect-error the store holds numbers
        return (from) => store.put(from.key, from.value, from.timestamp);
      });
    });
  });

  test('via takes operators of the same or wider input types', () => {
    const any: Operator<unknown, unknown, string, number> = {
      name: 'ones',
      key: 'changed',
      value: 'changed',
      processor: (context) => (from) => context.forward({ ...from, key: 'one', value: 1 }),
    };
    typeOf(orders.via(any)).is<Stream<string, number>>(true);
    // @ts-expect-error it reads numbers and texts
    compiled(() => orders.mapValues((one) => one.customer).via(any as Operator<string, number, string, number>));
  });
});

describe('groups', () => {
  test('only groups are aggregated and cut into windows, of which each has its key', () => {
    const groups = orders.groupBy((one) => one.customer, { key: string });
    typeOf(groups).is<GroupedStream<string, Order>>(true);
    typeOf(orders.groupBy((one) => one.coupon ?? null)).is<GroupedStream<string, Order>>(true);
    typeOf(groups.count()).is<Table<string, number, never>>(true);
    typeOf(groups.window(tumbling('1m')).count()).is<Table<Windowed<string>, number, never>>(true);
    typeOf(groups.window((group) => group)).is<GroupedStream<string, Order>>(true);
    const seen = groups.aggregate(
      () => [],
      (aggregate, one) => [...aggregate, one.total],
      { value: json<number[]>() },
    );
    typeOf(seen).is<Table<string, number[]>>(true);
    type Worst = { worst: number | null };
    const worst = groups.aggregate(
      () => ({ worst: null }),
      ({ worst }, { total }) => ({ worst: Math.max(worst ?? 0, total) }),
      { value: json<Worst>() },
    );
    typeOf(worst).is<Table<string, Worst>>(true);
    compiled(() => {
      // @ts-expect-error a stream has no windows
      orders.window(tumbling('1m'));
      // @ts-expect-error nor anything to count by
      orders.count();
      // @ts-expect-error groups have text for a key
      orders.groupBy((one) => one.customer, { key: double });
      const add = (sum: number, one: Order) => sum + one.total;
      // @ts-expect-error a sum is no text
      groups.aggregate(() => 0, add, { value: string });
      // @ts-expect-error a reducer gives what it combines
      groups.reduce((one) => one.total);
      // @ts-expect-error a reducer is not awaited
      groups.reduce(async (one) => one);
      const later = async (sum: number) => sum;
      // @ts-expect-error nor is an aggregator
      groups.aggregate(() => 0, later);
    });
  });
});

describe('joins', () => {
  test('both sides have keys of one type; the side that may be missing is undefined', () => {
    orders.leftJoin(customers, (left, right) => {
      typeOf(right).is<{ name: string } | undefined>(true);
      return left;
    });
    orders.outerJoin(payments, within('1m'), (left, right) => {
      typeOf(left).is<Order | undefined>(true);
      return left ?? right ?? null;
    });
    const named = orders.join(
      airports,
      by(({ total }) => total),
      (left, name) => ({ ...left, name }),
    );
    typeOf(named.mapValues(({ name }) => name)).is<Stream<string, string>>(true);
    compiled(() => {
      const numbered = orders.selectKey((one) => one.total);
      // @ts-expect-error keys are numbers here and text there
      numbered.join(customers, (left) => left);
      // @ts-expect-error so they are for streams
      numbered.join(payments, within('1m'), (left) => left);
      // @ts-expect-error a stream is met within a time
      orders.join(payments, (left) => left);
      const byCustomer = by(({ customer }: Order) => customer);
      // @ts-expect-error a global table is met by a key of its own type
      orders.join(airports, byCustomer, (left) => left);
      // @ts-expect-error a table has no outer side
      orders.outerJoin(customers, (left) => left);
    });
  });
});
