import { describe, expect, test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import { headerOf, headers, streams, topic, toUtf8, withHeader, withoutHeader } from '../index.js';

const orders = topic('orders', { key: string, value: double });
const out = topic('out', { key: string, value: double });

describe('setHeaders', () => {
  test('keeps, adds, replaces and removes; key, value and timestamp stay', () => {
    const app = streams('app');
    app
      .stream(orders)
      .setHeaders((now, value, key) => withHeader(withoutHeader(now, 'old'), 'who', `${key} ${value}`))
      .to(out);
    const driver = testDriver(app);
    driver.input(orders).pipe('a', 1, 5, headers({ old: 'x', who: 'nobody', other: 'y' }));
    expect(driver.output(out).read()).toEqual([
      { key: 'a', value: 1, timestamp: 5, headers: headers({ other: 'y', who: 'a 1' }) },
    ]);
  });

  test('headers are found by their name, the last of several', () => {
    const [one, two] = [toUtf8('1'), new Uint8Array([2])];
    const all = [
      ['a', one],
      ['b', one],
      ['a', two],
    ] as const;
    expect(headerOf(all, 'a')).toBe(two);
    expect(headerOf(all, 'c')).toBeUndefined();
    expect(withHeader(all, 'a', one)).toEqual([
      ['b', one],
      ['a', one],
    ]);
    expect(all.length).toBe(3);
  });

  test('records with other headers are written by default with those they came with', () => {
    const app = streams('app');
    app
      .stream(orders)
      .mapValues((value) => value + 1)
      .selectKey((_, key) => key, { key: string })
      .to(out);
    const driver = testDriver(app);
    driver.input(orders).pipe('a', 1, 5, headers({ trace: '7' }));
    expect(driver.output(out).read()[0]?.headers).toEqual(headers({ trace: '7' }));
  });
});

describe('print', () => {
  test('prints key and value of each record as a line, with a label, a format and a custom output', () => {
    const lines: string[] = [];
    const to = (line: string) => void lines.push(line);
    const carts = topic('carts', { key: string, value: json<{ items: string[] }>() });
    const app = streams('app');
    app.stream(orders).print({ to });
    app.stream(orders).print({ to, label: 'orders', name: 'print-orders' });
    app.stream(orders).print({ to, format: (value, key) => `${key} pays ${value}` });
    app.stream(carts).print({ to, label: 'carts' });
    const driver = testDriver(app);
    driver.input(orders).pipe('a', 1.5);
    driver.input(carts).pipe('b', { items: ['tea'] });
    expect(lines).toEqual(['a, 1.5', '[orders]: a, 1.5', 'a pays 1.5', '[carts]: b, {"items":["tea"]}']);
    expect(String(app.describe())).toContain('print-orders (print)');
  });
});

test('several streams merge at once; a serde stays known if all have the same', () => {
  const topics = ['x', 'y', 'z'].map((name) => topic(name, { key: string, value: double }));
  const app = streams('app');
  const [first, ...others] = topics.map((one) => app.stream(one));
  first?.merge(others, { name: 'all' }).groupByKey().count({ name: 'counts' });
  const driver = testDriver(app);
  for (const one of topics) driver.input(one).pipe('a', 1);
  expect(driver.store('counts')).toMatchObject({});
  expect((driver.store('counts') as unknown as { get(key: string): number }).get('a')).toBe(3);
  expect(app.describe().toJSON().subtopologies.length).toBe(1);
});

test('partitioned: kept needs no topic behind a step that changes keys; without it there is one', () => {
  const topicsOf = (partitioned: 'kept' | undefined) => {
    const app = streams('app');
    const source = app.stream(orders);
    const serdes = { key: string, value: double, partitioned };
    source
      .map((value, key) => [`${key}!`, value], serdes)
      .groupByKey()
      .count();
    source
      .flatMap((value, key) => [[`${key}!`, value]], serdes)
      .groupByKey()
      .count();
    source
      .selectKey((_, key) => `${key}!`, { key: string, partitioned })
      .groupByKey()
      .count();
    source
      .process(({ forward }) => forward, serdes)
      .groupByKey()
      .count();
    return app
      .describe()
      .toJSON()
      .internalTopics.filter(({ kind }) => kind === 'repartition').length;
  };
  expect([topicsOf('kept'), topicsOf(undefined)]).toEqual([0, 4]);
});

test('a stream partitioned by another key stays so, even with a promise for the new key', () => {
  const app = streams('app');
  const moved = app.stream(orders).selectKey((value) => `${value}`, { key: string });
  moved
    .selectKey((_, key) => `${key}!`, { key: string, partitioned: 'kept' })
    .groupByKey()
    .count({ name: 'n' });
  expect(
    app
      .describe()
      .toJSON()
      .internalTopics.map(({ name }) => name),
  ).toContain('app-n-repartition');
});

test('a record with a timestamp that Kafka does not allow is not written', () => {
  const app = streams('app');
  app.stream(orders).to(out, { timestamp: ({ timestamp }) => timestamp - 10 });
  const driver = testDriver(app);
  driver.input(orders).pipe('a', 1, 10);
  expect(() => driver.input(orders).pipe('a', 1, 9)).toThrow(
    /node "to-0" failed: a record with the timestamp -1 cannot be written: give it one of at least 0/,
  );
});
