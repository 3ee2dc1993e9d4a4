import { describe, expect, test } from '@jest/globals';
import { double, json, nullable, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import { streams, topic } from '../index.js';

const source = topic('source', { key: nullable(string), value: nullable(string) });
const texts = topic('texts', { key: string, value: string });
const numbers = topic('numbers', { key: string, value: double });

const grouped = () => {
  const app = streams('app');
  return { app, group: app.stream(source).groupByKey() };
};

describe('count, reduce and aggregate', () => {
  test('a null key or value is dropped and counted by its reason', () => {
    const { app, group } = grouped();
    group.count().toStream().to(numbers);
    const driver = testDriver(app);
    driver.input(source).pipe('k', 'a', 1);
    driver.input(source).pipe(null, 'b', 2);
    driver.input(source).pipe('k', null, 3);
    expect(entries(driver.output(numbers).read())).toEqual([['k', 1, 1]]);
    expect(driver.drops).toEqual([
      { node: 'count-0', reason: 'null-key', count: 1 },
      { node: 'count-0', reason: 'null-value', count: 1 },
    ]);
  });

  test('the first value is the first aggregate of reduce; the timestamp is the larger one', () => {
    const { app, group } = grouped();
    group
      .reduce((aggregate, value) => `${aggregate}+${value}`, { value: string })
      .toStream()
      .to(texts);
    const driver = testDriver(app);
    driver.input(source).pipe('k', 'a', 10);
    driver.input(source).pipe('k', 'b', 5);
    driver.input(source).pipe('l', 'c', 1);
    expect(entries(driver.output(texts).read())).toEqual([
      ['k', 'a', 10],
      ['k', 'a+b', 10],
      ['l', 'c', 1],
    ]);
  });

  test.each([null, undefined])('%s from an aggregator deletes the row; the next value starts from init', (nothing) => {
    const { app, group } = grouped();
    group
      .aggregate(
        () => '0',
        (sum, value) => (value === 'x' ? nothing : `${sum}+${value}`),
        { value: string, name: 'sum' },
      )
      .toStream()
      .to(texts);
    const driver = testDriver(app);
    ['a', 'x', 'c'].forEach((value, i) => {
      driver.input(source).pipe('k', value, 3 - i);
    });
    expect(entries(driver.output(texts).read())).toEqual([
      ['k', '0+a', 3],
      ['k', null, 3],
      ['k', '0+c', 1],
    ]);
  });

  test('a word count repartitions its records', () => {
    const app = streams('app');
    app
      .stream(topic('lines', { value: string }))
      .flatMapValues((line) => line.split(' '), { value: string })
      .groupBy((word) => word, { key: string })
      .count({ name: 'words' })
      .toStream()
      .to(numbers);
    const driver = testDriver(app);
    driver.input(topic('lines', { value: string })).pipe(null, 'to be or not to be', 5);
    expect(entries(driver.output(numbers).read())).toEqual([
      ['to', 1, 5],
      ['be', 1, 5],
      ['or', 1, 5],
      ['not', 1, 5],
      ['to', 2, 5],
      ['be', 2, 5],
    ]);
  });

  test('a custom window is a function of the group', () => {
    const { app, group } = grouped();
    group
      .window((whole) => whole.count({ name: 'whole' }))
      .toStream()
      .to(numbers);
    const driver = testDriver(app);
    driver.input(source).pipe('k', 'a', 1);
    expect(entries(driver.output(numbers).read())).toEqual([['k', 1, 1]]);
  });
});

describe('a table of groups', () => {
  const accounts = topic('accounts', { key: string, value: json<{ region: string | null; balance: number }>() });

  /** Notes every call, so that the order of subtracting and adding shows. */
  const noted = () => {
    const app = streams('app');
    app
      .table(accounts)
      .groupBy(({ region, balance }) => (region === 'none' ? null : [region, balance]), { key: string, value: double })
      .aggregate(
        () => '0',
        (aggregate, balance) => `${aggregate}+${balance}`,
        (aggregate, balance) => `${aggregate}-${balance}`,
        { value: string },
      )
      .toStream()
      .to(texts);
    const driver = testDriver(app);
    return { input: driver.input(accounts), read: () => entries(driver.output(texts).read()) };
  };

  test('takes the old value out before it puts the new one in, with one result', () => {
    const { input, read } = noted();
    input.pipe('ann', { region: 'north', balance: 1 }, 5);
    input.pipe('ann', { region: 'north', balance: 2 }, 3);
    expect(read()).toEqual([
      ['north', '0+1', 5],
      ['north', '0+1-1+2', 5],
    ]);
  });

  test('a row that moves leaves its old group first', () => {
    const { input, read } = noted();
    input.pipe('ann', { region: 'north', balance: 1 }, 1);
    input.pipe('ann', { region: 'south', balance: 2 }, 2);
    expect(read().slice(1)).toEqual([
      ['north', '0+1-1', 2],
      ['south', '0+2', 2],
    ]);
  });

  test('deleted rows and rows without a group or with a null group are subtracted', () => {
    const { input, read } = noted();
    input.pipe('ann', { region: 'north', balance: 1 }, 1);
    input.pipe('ann', null, 2);
    input.pipe('bob', { region: 'north', balance: 2 }, 3);
    input.pipe('bob', { region: 'none', balance: 3 }, 4);
    input.pipe('cid', { region: null, balance: 4 }, 5);
    expect(read().slice(1)).toEqual([
      ['north', '0+1-1', 2],
      ['north', '0+1-1+2', 3],
      ['north', '0+1-1+2-2', 4],
    ]);
  });

  test('nothing is subtracted without an aggregate; null deletes it', () => {
    const app = streams('app');
    app
      .table(accounts)
      .groupBy(({ region, balance }) => [region, balance], { key: string, value: double })
      .reduce(
        (aggregate, balance) => aggregate + balance,
        (aggregate, balance) => (aggregate === balance ? null : aggregate - balance),
      )
      .toStream()
      .to(numbers);
    const driver = testDriver(app);
    const input = driver.input(accounts);
    input.pipe('ann', { region: 'north', balance: 10 }, 1);
    input.pipe('ann', null, 2);
    input.pipe('ann', null, 3);
    input.pipe('bob', { region: 'north', balance: 5 }, 4);
    expect(entries(driver.output(numbers).read())).toEqual([
      ['north', 10, 1],
      ['north', null, 2],
      ['north', 5, 4],
    ]);
  });

  test('count of an emptied group is 0', () => {
    const app = streams('app');
    const byRegion = app.table(accounts).groupBy(({ region }) => [region, ''], { key: string, value: string });
    byRegion.count({ name: 'per-region' }).toStream().to(numbers);
    const driver = testDriver(app);
    driver.input(accounts).pipe('ann', { region: 'north', balance: 10 }, 1);
    driver.input(accounts).pipe('ann', null, 2);
    expect(entries(driver.output(numbers).read())).toEqual([
      ['north', 1, 1],
      ['north', 0, 2],
    ]);
    expect(driver.writtenTopics).toContain('app-per-region-repartition');
  });
});
