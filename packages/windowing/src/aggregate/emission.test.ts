import { describe, expect, test } from '@jest/globals';
import { type EmitStrategy, type Streams, streams, type Table } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { session, tumbling, unlimited, type Windowed } from '../index.js';

const sales = topic('sales', { key: string, value: double });

const grouped = (app: Streams) => app.stream(sales).groupByKey();
const kinds: readonly (readonly [string, (app: Streams, emit: EmitStrategy) => Table<Windowed<string>, number>])[] = [
  ['tumbling', (app, emit) => grouped(app).window(tumbling(10, { emit })).count()],
  ['unlimited', (app, emit) => grouped(app).window(unlimited({ emit })).count()],
];

/** Returns the output of a table as texts. */
const told = (build: (app: Streams) => Table<Windowed<string>, number>) => {
  const seen: string[] = [];
  const app = streams('app');
  build(app)
    .toStream()
    .forEach((value, { key, start, end }) => void seen.push(`${key} ${start}-${end}: ${value}`));
  const driver = testDriver(app);
  const pipe = (...timestamps: number[]) => {
    for (const timestamp of timestamps) driver.input(sales).pipe('a', 1, timestamp);
  };
  return { driver, pipe, read: () => seen.splice(0) };
};

describe.each(kinds)('%s', (_, build) => {
  test('is forwarded once per window and commit', async () => {
    const { driver, pipe, read } = told((app) => build(app, 'on-commit'));
    pipe(1, 2, 3);
    expect(read()).toEqual([]);
    await driver.commit();
    expect(read()).toEqual([expect.stringMatching(/^a 0-\d+: 3$/)]);
  });

  test('is forwarded at an interval of wall time', () => {
    const { driver, pipe, read } = told((app) => build(app, { every: 5 }));
    pipe(1, 2);
    driver.advance(4);
    expect(read()).toEqual([]);
    driver.advance(1);
    expect(read()).toEqual([expect.stringMatching(/^a 0-\d+: 2$/)]);
  });
});

test('sessions that merge before a commit leave one behind', async () => {
  const { driver, pipe, read } = told((app) =>
    grouped(app)
      .window(session(5, { emit: 'on-commit' }))
      .count(),
  );
  pipe(0, 4, 8);
  await driver.commit();
  expect(read().filter((one) => !one.endsWith('null'))).toEqual(['a 0-8: 3']);
});
