import { describe, expect, test } from '@jest/globals';
import { double, json, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { type Context, keyValue, record, type StreamRecord, streams, topic } from '../index.js';

const lines = topic('lines', { key: string, value: string });
const words = topic('words', { key: string, value: string });
const counts = topic('counts', { key: string, value: double });

const flat = (records: StreamRecord<unknown, unknown>[]) =>
  records.map(({ key, value, timestamp }) => [key, value, timestamp]);

describe('stateless steps', () => {
  test('filter, mapValues, flatMapValues and selectKey', () => {
    const app = streams('app');
    app
      .stream(lines)
      .filter((line) => line !== '')
      .filterNot((line) => line.startsWith('#'))
      .flatMapValues((line) => line.split(' '))
      .mapValues((word) => word.toUpperCase())
      .selectKey((word) => word.slice(0, 1))
      .with({ key: string, value: string })
      .to(words);
    const driver = testDriver(app);
    const input = driver.input(lines);
    input.pipe('a', 'to be', 1);
    input.pipe('a', '', 2);
    input.pipe('a', '# no', 3);
    expect(flat(driver.output(words).read())).toEqual([
      ['T', 'TO', 1],
      ['B', 'BE', 1],
    ]);
  });

  test('undefined from a mapper names the operator, the node and the record', () => {
    const app = streams('app');
    app
      .stream(lines)
      .mapValues(() => undefined as never, { name: 'bad' })
      .forEach(() => {});
    const input = testDriver(app).input(lines);
    expect(() => input.pipe('a', 'x', 1)).toThrow(
      /mapValues returned undefined.*node bad.*topic lines, partition 0, offset 0/,
    );
  });

  test('split sends a record to the first branch it passes', () => {
    const app = streams('app');
    const { long, short } = app.stream(lines).split({ long: (line) => line.length > 3 }, { rest: 'short' });
    long.to(words);
    short.mapValues((line) => line.length).to(counts);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'long line', 1);
    driver.input(lines).pipe('a', 'abc', 2);
    expect(flat(driver.output(words).read())).toEqual([['a', 'long line', 1]]);
    expect(flat(driver.output(counts).read())).toEqual([['a', 3, 2]]);
  });

  test('match narrows by pattern', () => {
    type Payment = { state: 'paid'; amount: number } | { state: 'failed'; reason: string };
    const payments = topic('payments', { key: string, value: json<Payment>() });
    const app = streams('app');
    const { paid, failed } = app.stream(payments).match({ paid: { state: 'paid' }, failed: { state: 'failed' } });
    paid.mapValues((payment) => payment.amount).to(counts);
    failed.mapValues((payment) => payment.reason).to(words);
    const driver = testDriver(app);
    driver.input(payments).pipe('p', { state: 'paid', amount: 3 }, 1);
    driver.input(payments).pipe('q', { state: 'failed', reason: 'no' }, 2);
    expect(flat(driver.output(counts).read())).toEqual([['p', 3, 1]]);
    expect(flat(driver.output(words).read())).toEqual([['q', 'no', 2]]);
  });
});

describe('aggregations', () => {
  test('count per word, through a repartition', () => {
    const app = streams('app');
    const counted = app
      .stream(lines)
      .flatMapValues((line) => line.split(' '), { value: string })
      .groupBy((word) => word, { key: string })
      .count({ name: 'words' });
    counted.toStream().to(counts);
    const driver = testDriver(app);
    driver.input(lines).pipe('a', 'to be or not to be', 5);
    expect(flat(driver.output(counts).read())).toEqual([
      ['to', 1, 5],
      ['be', 1, 5],
      ['or', 1, 5],
      ['not', 1, 5],
      ['to', 2, 5],
      ['be', 2, 5],
    ]);
  });

  test('reduce and aggregate delete on null, drop null values, keep the larger timestamp', () => {
    const source = topic('source', { key: string, value: nullable(string) });
    const app = streams('app');
    const joined = app
      .stream(source)
      .groupByKey()
      .aggregate(
        () => '0',
        (sum, value) => (value === 'x' ? null : `${sum}+${value}`),
        { value: string },
      );
    joined.toStream().to(words);
    const driver = testDriver(app);
    const input = driver.input(source);
    input.pipe('k', 'a', 10);
    input.pipe('k', 'b', 5);
    input.pipe('k', null, 11);
    input.pipe('k', 'x', 7);
    input.pipe('k', 'c', 8);
    expect(flat(driver.output(words).read())).toEqual([
      ['k', '0+a', 10],
      ['k', '0+a+b', 10],
      ['k', null, 10],
      ['k', '0+c', 8],
    ]);
    expect(driver.drops).toEqual([{ node: 'aggregate-0', reason: 'null-value', count: 1 }]);
  });

  test('a mutated aggregate is found at once', () => {
    const app = streams('app');
    app
      .stream(lines)
      .groupByKey()
      .aggregate(
        () => ({ seen: [] as string[] }),
        (sum, line) => {
          sum.seen.push(line);
          return sum;
        },
        { value: json<{ seen: string[] }>() },
      )
      .toStream()
      .forEach(() => {});
    const input = testDriver(app).input(lines);
    input.pipe('a', 'x', 1);
    expect(() => input.pipe('a', 'y', 2)).toThrow(/not extensible/);
  });

  test('a table grouped by another key subtracts and adds', () => {
    const accounts = topic('accounts', { key: string, value: json<{ region: string; balance: number }>() });
    const app = streams('app');
    app
      .table(accounts)
      .groupBy((account) => [account.region, account.balance], { key: string, value: double })
      .reduce(
        (sum, balance) => sum + balance,
        (sum, balance) => sum - balance,
      )
      .toStream()
      .to(counts);
    const driver = testDriver(app);
    const input = driver.input(accounts);
    input.pipe('ann', { region: 'north', balance: 10 }, 1);
    input.pipe('bob', { region: 'north', balance: 5 }, 2);
    input.pipe('ann', { region: 'south', balance: 7 }, 3);
    input.pipe('bob', null, 4);
    expect(flat(driver.output(counts).read())).toEqual([
      ['north', 10, 1],
      ['north', 15, 2],
      ['north', 5, 3],
      ['south', 7, 3],
      ['north', 0, 4],
    ]);
  });
});

test('a processor with a store and a punctuation', () => {
  const seen = keyValue('seen', { key: string, value: double });
  const app = streams('app');
  app
    .stream(lines)
    .process(
      (context: Context<string, number>) => {
        const store = context.store(seen);
        context.schedule('10s', 'wall', (at) => context.forward(record('tick', at, at)));
        return ({ key, timestamp }: StreamRecord<string, string>) => {
          store.put(key, (store.get(key) ?? 0) + 1, timestamp);
        };
      },
      { stores: [seen], key: string, value: double },
    )
    .to(counts);
  const driver = testDriver(app);
  driver.input(lines).pipe('a', 'x', 1);
  driver.input(lines).pipe('a', 'y', 2);
  expect(driver.store(seen).row('a')).toEqual({ value: 2, timestamp: 2 });
  driver.advance(9_999);
  expect(driver.output(counts).length).toBe(0);
  driver.advance(1);
  expect(flat(driver.output(counts).read())).toEqual([['tick', 10_000, 10_000]]);
});

test('a step whose serde is not known says which step changed the type', () => {
  const stream = streams('app')
    .stream(lines)
    .map((line) => [line, line.length]);
  expect(() => stream.groupByKey().count()).toThrow(
    /count-0 needs a serde for the key \(changed by map-0\): add \{ key \} there or \.with\(\{ key \}\) before it/,
  );
});
