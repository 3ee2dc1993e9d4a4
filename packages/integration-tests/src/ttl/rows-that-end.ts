/** The law of rows with a ttl: they equal a naive model at each step, and so does all that reads them. */
import { expect } from '@jest/globals';
import type { ByteStore, ClockKind } from '@kstreams/core/graph';
import { type TestDriver, testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { int32, keyValue, nullable, record, streams, string, topic } from 'kstreams';
import { addToSum, type ModelChange, type ModelRow, RowsThatEnd, updateTable } from './model.js';

const after = 50;
const prices = topic('prices', { key: string, value: nullable(int32) });
const fees = topic('fees', { key: string, value: nullable(int32) });
const orders = topic('orders', { key: string, value: int32 });
const written = (name: string) => topic(name, { key: string, value: nullable(int32) });
const output = {
  prices: written('prices-out'),
  sums: written('sums-out'),
  seen: written('seen-out'),
  joined: written('joined-out'),
  totals: written('totals-out'),
  priced: written('priced-out'),
};

/** Tables and a store with a ttl, and all that reads them. */
const app = (clock: ClockKind) => {
  const ttl = { after, clock };
  const shop = streams('shop');
  const table = shop.table(prices, { name: 'prices', ttl });
  const feeTable = shop.table(fees, { name: 'fees' });
  table.toStream().to(output.prices);
  table
    .outerJoin(feeTable, (price, fee) => (price ?? 0) + (fee ?? 0), { value: int32 })
    .toStream()
    .to(output.joined);
  table
    .groupBy((value) => [`g${value % 2}`, value], { key: string, value: int32 })
    .aggregate(
      () => 0,
      (sum, value) => sum + value,
      (sum, value) => sum - value,
      { value: int32 },
    )
    .toStream()
    .to(output.totals);
  const stream = shop.stream(orders);
  stream.leftJoin(table, (order, price) => order + (price ?? 1_000), { value: int32 }).to(output.priced);
  stream
    .groupByKey()
    .aggregate(
      () => 0,
      (sum, value) => sum + value,
      { name: 'sums', value: int32, ttl },
    )
    .toStream()
    .to(output.sums);
  const seen = keyValue('seen', { key: string, value: int32, ordered: true, ttl });
  stream
    .process(
      (context) => {
        const rows = context.store(seen);
        context.onExpiry(seen, (key, { value }, at) => context.forward(record(key, -value, at)));
        return ({ key, timestamp, value }) => rows.put(key, value, timestamp);
      },
      { stores: [seen], key: string, value: int32, name: 'seeing' },
    )
    .to(output.seen);
  return shop;
};

/** A record, a pause in ms, a commit or a restart. */
export type Step =
  | {
      readonly to: 'prices' | 'fees' | 'orders';
      readonly key: string;
      readonly value: number | null;
      readonly by: number;
    }
  | { readonly wait: number }
  | 'commit'
  | 'restart';

/** Random steps. */
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 10,
      arbitrary: fc.record({
        to: fc.constantFrom('prices' as const, 'prices' as const, 'fees' as const, 'orders' as const),
        key: fc.constantFrom('a', 'b', 'c'),
        value: fc.option(fc.integer({ min: 1, max: 9 }), { freq: 5 }),
        by: fc.integer({ min: -70, max: 40 }),
      }),
    },
    { weight: 2, arbitrary: fc.record({ wait: fc.integer({ min: 1, max: 70 }) }) },
    { weight: 2, arbitrary: fc.constantFrom('commit' as const, 'restart' as const) },
  ),
  { maxLength: 40, size: 'max' },
);

/** The state and the output of the model. */
class Model {
  readonly time = { stream: -1, wall: 0 };
  readonly prices: RowsThatEnd;
  readonly sums: RowsThatEnd;
  readonly seen: RowsThatEnd;
  readonly fees = new Map<string, number>();
  readonly out = {
    prices: [] as ModelChange[],
    sums: [] as ModelChange[],
    seen: [] as ModelChange[],
    priced: [] as number[],
  };

  constructor(clock: ClockKind) {
    this.prices = new RowsThatEnd(after, clock);
    this.sums = new RowsThatEnd(after, clock);
    this.seen = new RowsThatEnd(after, clock);
  }

  end(): void {
    this.out.prices.push(...this.prices.end(this.time));
    this.out.sums.push(...this.sums.end(this.time));
    const seen = new Map(this.seen.rows);
    this.out.seen.push(
      ...this.seen.end(this.time).map(([key, , at]): ModelChange => [key, -(seen.get(key)?.value ?? 0), at]),
    );
  }

  record(to: 'prices' | 'fees' | 'orders', key: string, value: number | null, timestamp: number): void {
    this.time.stream = Math.max(this.time.stream, timestamp);
    this.end();
    if (to === 'prices') this.out.prices.push(...updateTable(this.prices, key, value, timestamp, this.time));
    else if (to === 'fees' && value === null) this.fees.delete(key);
    else if (to === 'fees') this.fees.set(key, value as number);
    else if (value !== null) {
      this.out.priced.push(value + (this.prices.rows.get(key)?.value ?? 1_000));
      this.out.sums.push(...addToSum(this.sums, key, value, timestamp, this.time));
      this.seen.rows.set(key, { value, timestamp });
    }
    this.end();
  }
}

const rowsOf = async (driver: TestDriver, store: string): Promise<unknown> => {
  const rows: unknown[] = [];
  for await (const row of driver.view<string, number>(store).all()) rows.push(row);
  return rows;
};
const sorted = (rows: ReadonlyMap<string, ModelRow>) => [...rows].sort(([one], [other]) => (one < other ? -1 : 1));
const last = (changes: readonly { readonly key: string; readonly value: number | null }[]) =>
  [...new Map(changes.map(({ key, value }) => [key, value]))]
    .filter(([, value]) => value !== null && value !== 0)
    .sort();

/** Expects the rows of an application to equal the model after each step, and its output at the end. */
export const expectRowsToEnd = async (
  clock: ClockKind,
  bytes: ByteStore,
  all: readonly Step[],
  liveLimit: number,
): Promise<void> => {
  const driver = testDriver(app(clock), { bytes, liveLimit });
  const model = new Model(clock);
  for (const step of all) {
    if (step === 'commit') await driver.commit();
    else if (step === 'restart') await driver.restart();
    else if ('wait' in step) {
      driver.advance(step.wait);
      model.time.wall += step.wait;
      model.end();
    } else {
      const { by, key, to } = step;
      const value = to === 'orders' ? (step.value ?? 5) : step.value;
      const timestamp = Math.max(0, (clock === 'stream' ? model.time.stream : model.time.wall) + by);
      driver.input({ prices, fees, orders: orders as typeof prices }[to]).pipe(key, value, timestamp);
      model.record(to, key, value, timestamp);
    }
    await driver.settled();
    for (const name of ['prices', 'sums', 'seen'] as const) {
      expect([name, await rowsOf(driver, name)]).toEqual([name, sorted(model[name].rows)]);
    }
  }
  const changes = (name: keyof typeof output) =>
    driver
      .output(output[name])
      .read()
      .map(({ key, value, timestamp }) => [key, value, timestamp]);
  expect(changes('prices')).toEqual(model.out.prices);
  expect(changes('sums')).toEqual(model.out.sums);
  expect(changes('seen')).toEqual(model.out.seen);
  expect(changes('priced').map(([, value]) => value)).toEqual(model.out.priced);
  const keys = new Set([...model.prices.rows.keys(), ...model.fees.keys()]);
  const joined = [...keys].map((key) => [key, (model.prices.rows.get(key)?.value ?? 0) + (model.fees.get(key) ?? 0)]);
  expect(last(driver.output(output.joined).read())).toEqual(joined.sort());
  const totals = new Map<string, number>();
  for (const { value } of model.prices.rows.values())
    totals.set(`g${value % 2}`, (totals.get(`g${value % 2}`) ?? 0) + value);
  expect(last(driver.output(output.totals).read())).toEqual([...totals].sort());
  await driver.close();
};
