import { describe, expect, test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type EmitStrategy, streams, type Table, topic } from '../index.js';

const sales = topic('sales', { key: string, value: double });
const totals = topic('totals', { key: string, value: double });
const groups = topic('groups', { key: string, value: json<string[]>() });

/** A sum per key, and the keys of each sum. */
const summing = (emit: EmitStrategy | undefined) => {
  const app = streams('app');
  const table = app
    .stream(sales)
    .groupByKey()
    .reduce((aggregate, value) => (aggregate + value === 0 ? null : aggregate + value), { emit, name: 'sums' });
  return { app, table };
};

const emitting = (emit: EmitStrategy) => {
  const { app, table } = summing(emit);
  table.toStream().to(totals as never);
  const driver = testDriver(app);
  const read = () => entries(driver.output(totals).read());
  return { driver, input: driver.input(sales), read, view: driver.view(table) };
};

describe('on commit', () => {
  test('the last update of each key goes on, by the keys’ bytes, with its timestamp and headers; views are up to date', async () => {
    const { driver, input, read, view } = emitting('on-commit');
    const flag = [['flag', new Uint8Array([1])]] as const;
    input.pipe('b', 1, 5);
    input.pipe('a', 1, 6, flag);
    input.pipe('b', 2, 7);
    expect([read(), view.get('b')]).toEqual([[], 3]);
    await driver.commit();
    expect(driver.output(totals).read()).toEqual([
      { key: 'a', value: 1, timestamp: 6, headers: flag },
      { key: 'b', value: 3, timestamp: 7, headers: [] },
    ]);
    await driver.commit();
    driver.advance('1h');
    expect(read()).toEqual([]);
  });
});

describe('at an interval', () => {
  test('an update waits for the interval from the first of its key, by wall time, through all commits', async () => {
    const { driver, input, read } = emitting({ every: '10s' });
    input.pipe('a', 1, 1);
    driver.advance('4s');
    input.pipe('b', 5, 2);
    await driver.commit();
    input.pipe('a', 2, 3);
    driver.advance('5999ms');
    expect(read()).toEqual([]);
    driver.advance(1);
    expect(read()).toEqual([['a', 3, 3]]);
    input.pipe('a', 4, 4);
    driver.advance('4s');
    expect(read()).toEqual([['b', 5, 2]]);
    driver.advance('6s');
    expect(read()).toEqual([['a', 7, 4]]);
  });

  test('is refused for an interval of 0', () => {
    expect(() => summing({ every: 0 })).toThrow("sums cannot emit every 0 ms: use 'on-update' for each update at once");
  });
});

test('a row that was inserted and deleted meanwhile is left out if old values are sent', async () => {
  const { app, table } = summing('on-commit');
  const told: unknown[] = [];
  table.groupBy((sum, key) => [key, sum], { key: string, value: double }).count();
  const driver = testDriver(app, {
    observer: { forwarded: ({ from }, { value }) => from === 'sums-emit' && told.push(value) },
  });
  const input = driver.input(sales);
  input.pipe('a', 1, 1);
  input.pipe('a', -1, 2);
  await driver.commit();
  expect(told).toEqual([]);
  input.pipe('a', 1, 3);
  await driver.commit();
  input.pipe('a', 1, 4);
  input.pipe('a', -2, 5);
  input.pipe('a', 5, 6);
  await driver.commit();
  expect(told).toEqual([
    { before: undefined, after: 1, known: true, latest: true },
    { before: 1, after: 5, known: true, latest: true },
  ]);
});

test('a skipped record leaves no buffered update, and a later failure repeats none', async () => {
  const app = streams('app');
  summed(app, 'on-commit')
    .toStream()
    .peek((_, key) => {
      if (key === 'bad') throw new Error('bad');
    })
    .to(totals as never);
  const driver = testDriver(app, { onError: () => 'skip' });
  const input = driver.input(sales);
  for (const [key, value] of [
    ['a', 1],
    ['bad', 1],
    ['a', Number.NaN],
    ['c', 1],
  ] as const)
    input.pipe(key, value, 1);
  await driver.commit();
  await driver.commit();
  expect(entries(driver.output(totals).read())).toEqual([
    ['a', 1, 1],
    ['c', 1, 1],
  ]);
  expect(driver.dropped('skipped-by-policy')).toBe(2);
});

const summed = (app: ReturnType<typeof streams>, emit: EmitStrategy): Table<string, number> =>
  app
    .stream(sales)
    .groupByKey()
    .aggregate(
      () => 0,
      (aggregate, value) => {
        if (Number.isNaN(value)) throw new Error('not a number');
        return aggregate + value;
      },
      { value: double, emit },
    );

test('at most 10,000 keys are buffered; updates of others are forwarded at once', async () => {
  const { driver, input, read } = emitting('on-commit');
  for (let i = 0; i < 10_002; i++) input.pipe(`k${i}`, 1, i);
  expect(read().map(([key]) => key)).toEqual(['k10000', 'k10001']);
  await driver.commit();
  expect(read().length).toBe(10_000);
});

test('every kind of table with rows supports it', async () => {
  const app = streams('app');
  const emit = 'on-commit';
  const [left, right] = [topic('left', { key: string, value: double }), topic('right', { key: string, value: double })];
  const rows = app.table(left, { name: 'left' });
  const other = topic('other', { key: string, value: double });
  const tables: Record<string, Table<unknown, unknown>> = {
    table: app.table(other, { emit, name: 'other' }),
    toTable: app.stream(right).toTable({ emit }),
    filter: rows.filter(() => true, { emit }),
    mapValues: rows.mapValues((value) => value, { emit, value: double }),
    count: rows.groupBy((value, key) => [key, value], { key: string, value: double }).count({ emit }),
    join: rows.join(rows, (one, other) => one + other, { emit, value: double }),
  };
  const seen: string[] = [];
  for (const [name, table] of Object.entries(tables))
    table.toStream().forEach((value) => void seen.push(`${name} ${value}`));
  const driver = testDriver(app);
  for (const value of [1, 2]) for (const to of [left, right, other]) driver.input(to).pipe('a', value, value);
  expect(seen).toEqual([]);
  await driver.commit();
  expect(seen.sort()).toEqual(['count 1', 'filter 2', 'join 4', 'mapValues 2', 'table 2', 'toTable 2']);
});

const step = fc.oneof(
  { weight: 8, arbitrary: fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.integer({ min: -2, max: 2 })) },
  { weight: 1, arbitrary: fc.constant('commit' as const) },
  { weight: 1, arbitrary: fc.constant('advance' as const) },
);

test.each<EmitStrategy>(['on-commit', { every: 5 }])(
  'with %j a reader ends with the same rows as on update, and gets each key once per emit',
  async (emit) => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
        const build = (how: EmitStrategy) => {
          const { app, table } = summing(how);
          table.toStream().to(totals as never);
          table
            .groupBy((sum, key) => [sum > 0 ? 'plus' : 'minus', key], { key: string, value: string })
            .aggregate(
              (): string[] => [],
              (aggregate, key) => [...aggregate, key].sort(),
              (aggregate, key) => aggregate.toSpliced(aggregate.indexOf(key), 1),
              { value: groups.value },
            )
            .toStream()
            .to(groups as never);
          return testDriver(app);
        };
        const [driver, plain] = [build(emit), build('on-update')];
        const last = async (of: typeof driver) => {
          const end = new Map<string, unknown>();
          for (const { key, value } of of.output(groups).read()) end.set(key, value);
          return [...end].filter(([, value]) => (value as string[]).length > 0).sort();
        };
        const toldOnce = () => {
          const keys = driver
            .output(totals)
            .read()
            .map(({ key }) => key);
          expect(new Set(keys).size).toBe(keys.length);
        };
        for (const [at, one] of steps.entries()) {
          if (one === 'commit') await driver.commit();
          else if (one === 'advance') driver.advance(5);
          else for (const each of [driver, plain]) each.input(sales).pipe(one[0], one[1], at);
          toldOnce();
        }
        driver.advance(5);
        await driver.commit();
        toldOnce();
        expect(await last(driver)).toEqual(await last(plain));
      }),
      { numRuns: 100 },
    );
  },
);
