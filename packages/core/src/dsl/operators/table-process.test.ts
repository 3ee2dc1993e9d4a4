import { describe, expect, test } from '@jest/globals';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { keyValue, streams, type Table, topic } from '../../index.js';

const input = topic('input', { key: string, value: double });
const told = topic('told', { key: string, value: string });
const highest = keyValue('highest', { key: string, value: double });

/** Says by how much a value is below the highest that its key had; the highest itself leaves the row out. */
const build = (options: { name?: string; value?: typeof string }) => {
  const app = streams('app');
  const table: Table<string, string> = app.table(input).processValues(
    (context) => {
      const store = context.store(highest);
      return (value, key, at) => {
        if (value === undefined) return 'deleted';
        const most = Math.max(value, store.get(key) ?? Number.NEGATIVE_INFINITY);
        store.put(key, most, at);
        return value === most ? null : `${most - value} below`;
      };
    },
    { stores: [highest], ...options },
  );
  return { app, table };
};

describe('processValues of a table', () => {
  test('computes rows with stores; a delete comes as undefined, and null leaves the row out', () => {
    const { app, table } = build({});
    table.toStream().to(told);
    const driver = testDriver(app);
    for (const [index, value] of [3, 1, 4, null].entries()) driver.input(input).pipe('a', value as number, index);
    expect(
      driver
        .output(told)
        .read()
        .map(({ value }) => value),
    ).toEqual([null, '2 below', null, 'deleted']);
  });

  test('stores rows if it is named, or if a later step needs old values', () => {
    const { app, table } = build({ name: 'below', value: string });
    table.toStream().to(told);
    const driver = testDriver(app);
    for (const value of [3, 1]) driver.input(input).pipe('a', value, 0);
    expect(driver.view(table).get('a')).toBe('2 below');

    const grouped = build({ value: string });
    grouped.table
      .groupBy((text) => [text, text], { key: string, value: string })
      .count()
      .toStream();
    expect(String(grouped.app.describe())).toContain('table-process-0: key-value');
  });

  test('needs a serde where its rows are kept', () => {
    expect(() => build({ name: 'below' })).toThrow('below needs a serde for its rows');
    const rows = streams('app').table(input);
    // @ts-expect-error nobody awaits the promise
    expect(() => rows.processValues(async () => () => 1)).toThrow('returns a promise');
    // @ts-expect-error nobody awaits the promise of a row either
    rows.processValues(() => async () => 1);
  });
});
