/** Joins that the compiler accepts and refuses (checked by `npm run types`), and joins refused when built. */
import { describe, expect, test } from '@jest/globals';
import { type GlobalTable, type Stream, streams, type Table } from '@kstreams/core/dsl';
import { ConfigError, topic } from '@kstreams/core/graph';
import { double, int32, json, string } from '@kstreams/serde';
import { same } from '@kstreams/test-support/type-of';
import { by, byKey, within } from './index.js';

interface Order {
  readonly customer: string;
  readonly total: number;
}
interface Customer {
  readonly name: string;
}

const app = () => streams('shop', { joinCondition: byKey() });
const orders = topic('orders', { key: string, value: json<Order>() });
const payments = topic('payments', { key: string, value: double });
const refunds = topic('refunds', { key: int32, value: double });
const customers = topic('customers', { key: string, value: json<Customer>() });
const byCustomer = by((order: Order) => order.customer);
const shops = topic('shops', { key: int32, value: json<Customer>() });

describe('two streams', () => {
  test('the joiner gets both values, and undefined for a side that may be missing', () => {
    const shop = app();
    const [ours, theirs] = [shop.stream(orders), shop.stream(payments)];
    const inner = ours.join(theirs, within('10m'), (order, payment, key) => {
      same<[typeof order, typeof payment, typeof key], [Order, number, string]>(true);
      return order.total - payment;
    });
    same<typeof inner, Stream<string, number>>(true);
    const left = ours.leftJoin(theirs, within({ after: '1h', grace: '5m' }), (order, payment) => {
      same<[typeof order, typeof payment], [Order, number | undefined]>(true);
      return [order.customer, payment ?? 0] as const;
    });
    same<typeof left, Stream<string, readonly [string, number]>>(true);
    const outer = ours.outerJoin(theirs, within('10m', { grace: '1m' }), (order, payment) => {
      same<[typeof order, typeof payment], [Order | undefined, number | undefined]>(true);
      return order?.total ?? payment ?? 0;
    });
    same<typeof outer, Stream<string, number>>(true);
    expect(shop.build().nodes).toHaveLength(5);
  });

  test('of different keys are refused', () => {
    const shop = app();
    const [ours, theirs] = [shop.stream(orders), shop.stream(refunds)];
    // @ts-expect-error keys of one are texts, of the other numbers
    ours.join(theirs, within('10m'), () => 1);
    // @ts-expect-error keys of one are texts, of the other numbers
    ours.leftJoin(theirs, within('10m'), () => 1);
    // @ts-expect-error keys of one are texts, of the other numbers
    ours.outerJoin(theirs, within('10m'), () => 1);
  });

  test('need a time between their records', () => {
    const shop = app();
    const [ours, theirs] = [shop.stream(orders), shop.stream(payments)];
    // @ts-expect-error a join of two streams needs a time
    expect(() => ours.join(theirs, () => 1)).toThrow('a join of two streams needs a time');
    // @ts-expect-error a join of two streams needs a time, not by key
    expect(() => ours.join(theirs, byKey(), () => 1)).toThrow(ConfigError);
    // @ts-expect-error a key of one's choice is for global tables
    expect(() => ours.join(theirs, byCustomer, () => 1)).toThrow(ConfigError);
  });

  test('a mismatched or async joiner is refused', () => {
    const shop = app();
    const [ours, theirs] = [shop.stream(orders), shop.stream(payments)];
    // @ts-expect-error a payment is a number
    ours.join(theirs, within('10m'), (order, payment: string) => payment + order.total);
    // @ts-expect-error there may be no payment
    ours.leftJoin(theirs, within('10m'), (order, payment) => payment * order.total);
    // @ts-expect-error nobody awaits the promise
    expect(() => ours.join(theirs, within('10m'), async (order) => order.total)).toThrow('returns a promise');
    // @ts-expect-error the results are numbers
    ours.join(theirs, within('10m'), (order) => order.total, { value: string });
  });
});

describe('a stream and a table', () => {
  test('are joined by key without a condition', () => {
    const shop = app();
    const [stream, table] = [shop.stream(orders), shop.table(customers)];
    const inner = stream.join(table, (order, customer) => {
      same<[typeof order, typeof customer], [Order, Customer]>(true);
      return customer.name;
    });
    same<typeof inner, Stream<string, string>>(true);
    const left = stream.leftJoin(table, (_, customer) => {
      same<typeof customer, Customer | undefined>(true);
      return customer?.name ?? 'unknown';
    });
    same<typeof left, Stream<string, string>>(true);
    expect(shop.build().nodes).toHaveLength(5);
  });

  test('of different keys are refused', () => {
    const shop = app();
    const [stream, table]: [Stream<string, Order>, Table<number, Customer>] = [shop.stream(orders), shop.table(shops)];
    // @ts-expect-error keys of one are texts, of the other numbers
    stream.join(table, () => 1);
    // @ts-expect-error keys of one are texts, of the other numbers
    stream.leftJoin(table, () => 1);
  });

  test('take no time, and no outer join', () => {
    const shop = app();
    const [stream, table] = [shop.stream(orders), shop.table(customers)];
    // @ts-expect-error a table is met by key
    expect(() => stream.join(table, within('10m'), () => 1)).toThrow('within(…) joins two streams');
    // @ts-expect-error a stream is not outer joined with a table
    expect(() => stream.outerJoin(table, within('10m'), () => 1)).toThrow('within(…) joins two streams');
    // @ts-expect-error a key of one's choice is for global tables
    expect(() => stream.join(table, byCustomer, () => 1)).toThrow('by(…) joins a stream with a global table');
  });

  test('a join without a condition is refused unless the application has one', () => {
    const shop = streams('shop');
    expect(() => shop.stream(orders).join(shop.table(customers), () => 1)).toThrow('this join has no condition');
  });
});

describe('a stream and a global table', () => {
  test('are joined by a picked key of the table’s key type', () => {
    const shop = app();
    const table: GlobalTable<string, Customer> = shop.globalTable(customers);
    const stream = shop.stream(orders);
    const inner = stream.join(
      table,
      by((order) => order.customer),
      (order, customer, key) => {
        same<[typeof order, typeof customer, typeof key], [Order, Customer, string]>(true);
        return customer.name;
      },
    );
    same<typeof inner, Stream<string, string>>(true);
    const left = stream.leftJoin(
      table,
      by((order) => (order.total > 0 ? order.customer : null)),
      (_, customer) => {
        same<typeof customer, Customer | undefined>(true);
        return customer?.name ?? null;
      },
    );
    same<typeof left, Stream<string, string | null>>(true);
    // @ts-expect-error undefined is no result: say null
    stream.leftJoin(table, byCustomer, (_, customer) => customer?.name);
    const byTotal = by((order: Order) => order.total);
    // @ts-expect-error the keys of the table are texts
    stream.join(table, byTotal, () => 1);
    // @ts-expect-error an order has no such member
    const byShop = by((order: Order) => order.shop);
    expect(byShop.name).toBe('by');
    // @ts-expect-error which key?
    expect(() => stream.join(table, () => 1)).toThrow('needs a key of its rows');
    // @ts-expect-error a global table knows no time
    expect(() => stream.join(table, within('10m'), () => 1)).toThrow('within(…) joins two streams');
  });
});

describe('two tables by a foreign key', () => {
  test('the joiner gets both rows, undefined for one that may be missing, and the key of the left one', () => {
    const shop = app();
    const [ours, theirs] = [shop.table(orders), shop.table(customers)];
    const inner = ours.join(
      theirs,
      by((order) => order.customer),
      (order, customer, key) => {
        same<[typeof order, typeof customer, typeof key], [Order, Customer, string]>(true);
        return customer.name;
      },
    );
    same<typeof inner, Table<string, string>>(true);
    const left = ours.leftJoin(theirs, byCustomer, (order, customer) => {
      same<typeof customer, Customer | undefined>(true);
      return customer === undefined ? null : order.total;
    });
    same<typeof left, Table<string, number>>(true);
  });

  test('a condition with another key type, or for streams, is refused', () => {
    const shop = app();
    const [ours, theirs, others] = [shop.table(orders), shop.table(customers), shop.table(shops)];
    // @ts-expect-error keys of shops are numbers
    ours.join(others, byCustomer, () => 1);
    // @ts-expect-error two tables know no time between them
    expect(() => ours.join(theirs, within('10m'), () => 1)).toThrow('within(…) joins two streams');
    // @ts-expect-error there may be no customer
    ours.leftJoin(theirs, byCustomer, (_, customer) => customer.name);
    // @ts-expect-error no outer join by a key that rows name
    ours.outerJoin(theirs, byCustomer, () => 1);
    // @ts-expect-error nobody awaits the promise
    expect(() => ours.join(theirs, byCustomer, async () => 1)).toThrow('returns a promise');
  });
});

describe('within', () => {
  test.each([-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, '10', '-1m', '5 m', 'm'])('%p is no distance', (odd) => {
    expect(() => within(odd as never)).toThrow(ConfigError);
    expect(() => within({ before: odd as never })).toThrow(
      odd === -1 ? 'allows a joined record to be -1 ms earlier' : 'option "before" of within is',
    );
    expect(() => within({ after: odd as never })).toThrow(
      odd === -1 ? 'allows a joined record to be -1 ms later' : 'option "after" of within is',
    );
    expect(() => within('1m', { grace: odd as never })).toThrow('option "grace" of within is');
  });

  test('may be on one side of the left record, with a time of at least 0', () => {
    expect(within({ before: -5_000, after: '10s' })).toBeDefined();
    expect(() => within({ before: -5_001, after: '5s' })).toThrow('leaves no time for a match');
    expect(() => within({ before: 5, after: -6 })).toThrow('within allows a joined record to be -6 ms later');
  });

  test('is written in one way', () => {
    // @ts-expect-error a duration has a unit
    expect(() => within('10')).toThrow(ConfigError);
    // @ts-expect-error `before` and `after` are for different distances; with one distance there is only grace
    expect(() => within('10m', { after: '1m' })).toThrow('within has no option "after": remove it');
    // @ts-expect-error all in one, or a distance and the rest
    expect(() => within({ after: '1m' }, { grace: '1m' })).toThrow('put its members into the first one');
    // @ts-expect-error as one or as two
    expect(() => within('1m', { self: 'as-three' })).toThrow("use 'as-two' or 'as-one'");
  });
});
