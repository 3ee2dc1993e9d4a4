/** Foreign-key joins against a full join of both tables after every step. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { double, json, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { by, byKey } from '../index.js';

interface Order {
  readonly customer: string | null;
  readonly total: number;
}

const orders = topic('orders', { key: string, value: json<Order>() });
const customers = topic('customers', { key: string, value: string });
const told = topic('told', { key: string, value: string });

type Step =
  | { readonly to: 'orders'; readonly key: string; readonly value: Order | null; readonly at: number }
  | { readonly to: 'customers'; readonly key: string; readonly value: string | null; readonly at: number };

const names = fc.constantFrom('ann', 'bob', 'a', 'aa', 'ü');
const instants = fc.nat({ max: 60 });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    fc.record({
      to: fc.constant('orders' as const),
      key: fc.constantFrom('1', '2', '3', '4'),
      value: fc.option(fc.record({ customer: fc.option(names, { freq: 6 }), total: fc.nat({ max: 3 }) }), { freq: 5 }),
      at: instants,
    }),
    fc.record({
      to: fc.constant('customers' as const),
      key: names,
      value: fc.option(fc.constantFrom('Berlin', 'Bonn'), { freq: 4 }),
      at: instants,
    }),
  ),
  { maxLength: 50, size: 'max' },
);

/** The newest row of each key: by offset, or by timestamp within a history that nothing leaves here. */
class Latest<V> {
  readonly rows = new Map<string, V>();
  readonly #newest = new Map<string, number>();
  readonly #versioned: boolean;

  constructor(versioned: boolean) {
    this.#versioned = versioned;
  }

  put(key: string, value: V | null, at: number): void {
    if (this.#versioned && at < (this.#newest.get(key) ?? -1)) return;
    this.#newest.set(key, at);
    if (value === null) this.rows.delete(key);
    else this.rows.set(key, value);
  }
}

const check = (kind: 'join' | 'leftJoin', history: boolean, given: readonly Step[]): void => {
  const app = streams('app');
  const kept = history ? { history: '1h' as const } : {};
  const [left, right] = [app.table(orders, { name: 'orders', ...kept }), app.table(customers, kept)];
  const match = by((order: Order) => order.customer);
  const table =
    kind === 'join'
      ? left.join(right, match, (order, city) => `${order.total} ${city}`, { value: string, name: 'joined' })
      : left.leftJoin(right, match, (order, city) => `${order.total} ${city}`, { value: string, name: 'joined' });
  table.toStream().to(told);
  const driver = testDriver(app);
  const [ours, theirs] = [new Latest<Order>(history), new Latest<string>(history)];
  const seen = new Map<string, string>();
  for (const [index, { to, key, value, at: instant }] of given.entries()) {
    // A history forgets a value that is deleted in its own instant: here no two records have one.
    const at = 100 * instant + index;
    if (to === 'orders') {
      driver.input(orders).pipe(key, value as Order, at);
      ours.put(key, value, at);
    } else {
      driver.input(customers).pipe(key, value as string, at);
      theirs.put(key, value, at);
    }
    for (const one of driver.output(told).read()) {
      if (one.value === null) seen.delete(one.key);
      else seen.set(one.key, one.value);
    }
    const wanted = [...ours.rows].flatMap(([order, { customer, total }]): (readonly [string, string])[] => {
      const city = customer === null ? undefined : theirs.rows.get(customer);
      return city === undefined && kind === 'join' ? [] : [[order, `${total} ${city}`]];
    });
    expect(new Map([...seen].sort())).toEqual(new Map(wanted.sort()));
  }
};

describe.each(['join', 'leftJoin'] as const)('a %s by a foreign key', (kind) => {
  test.each([false, true])('equals a full join of its two tables; with a history: %p', (history) =>
    fc.assert(
      fc.property(steps, (given) => check(kind, history, given)),
      { numRuns: 75 },
    ),
  );
});

test('results are stored if a later step looks them up, which needs their serde', () => {
  const build = (value: typeof string | undefined) => {
    const app = streams('app', { joinCondition: byKey() });
    const table = app.table(orders).join(
      app.table(customers),
      by((order) => order.customer),
      (order, city) => `${order.total} ${city}`,
      { value },
    );
    app.stream(topic('calls', { key: string, value: double })).join(table, (call, order) => `${call} ${order}`);
    return app;
  };
  expect(() => testDriver(build(undefined))).toThrow(/foreign-key-join-0 needs a serde for the result/);
  expect(String(build(string).describe())).toContain('foreign-key-join-0: key-value');
});

test('a delete of each side is forwarded; a group behind subtracts the result once', () => {
  const app = streams('app');
  const joined = app.table(orders, { name: 'orders' }).join(
    app.table(customers),
    by((order) => order.customer),
    (order) => order.total,
    { value: double },
  );
  const totals = topic('totals', { key: string, value: double });
  joined.toStream().to(topic('joined', { key: string, value: double }));
  joined
    .groupBy((total) => ['all', total], { key: string, value: double })
    .reduce(
      (sum, total) => sum + total,
      (sum, total) => sum - total,
    )
    .toStream()
    .to(totals);
  const driver = testDriver(app);
  driver.input(customers).pipe('ann', 'Bonn', 0);
  for (const key of ['1', '2']) driver.input(orders).pipe(key, { customer: 'ann', total: 5 }, 1);
  driver.input(customers).pipe('ann', null, 2);
  driver.input(orders).pipe('1', null, 3);
  const forwarded = driver.output(topic('joined', { key: string, value: double })).read();
  expect(forwarded.map(({ key, value }) => [key, value])).toEqual([
    ['1', 5],
    ['2', 5],
    ['1', null],
    ['2', null],
    ['1', null],
  ]);
  expect(
    driver
      .output(totals)
      .read()
      .map(({ value }) => value),
  ).toEqual([5, 10, 5, 0]);
});
