/** The values passed to user code: frozen, and never promises. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { keyValue } from '@kstreams/core/state';
import { json, string } from '@kstreams/serde';
import { testDriver } from './index.js';

const lines = topic('lines', { key: string, value: string });
const more = topic('more', { key: string, value: string });
const seen = keyValue('seen', { key: string, value: json<string[]>() });

describe('values passed to user code are frozen', () => {
  test('a changed record or store value throws', () => {
    const app = streams('app');
    const objects = topic('objects', { key: string, value: json<{ total: number }>() });
    app.stream(objects).forEach((one) => {
      (one as { total: number }).total++;
    });
    expect(() => testDriver(app).input(objects).pipe('a', { total: 1 }, 1)).toThrow(/read only property 'total'/);
    const storing = streams('storing');
    storing.stream(lines).process(
      (context) => {
        const store = context.store(seen);
        return ({ key, value, timestamp }) => {
          const before = store.get(key);
          before?.push(value);
          store.put(key, before ?? [value], timestamp);
        };
      },
      { stores: [seen] },
    );
    const driver = testDriver(storing);
    driver.input(lines).pipe('a', 'x', 1);
    expect(() => driver.input(lines).pipe('a', 'y', 2)).toThrow(/not extensible/);
    expect(driver.store(seen).get('a')).toEqual(['x']);
  });

  test('a value that is changed after it was put throws', () => {
    const app = streams('app');
    app.stream(lines).process(
      (context) => {
        const store = context.store(seen);
        return ({ key, value, timestamp }) => {
          const mine = [value];
          store.put(key, mine, timestamp);
          mine.push('more');
        };
      },
      { stores: [seen] },
    );
    expect(() => testDriver(app).input(lines).pipe('a', 'x', 1)).toThrow(/not extensible/);
  });

  test('freezing can be turned off', () => {
    const app = streams('app');
    const objects = topic('objects', { key: string, value: json<{ total: number }>() });
    app.stream(objects).forEach((one) => {
      (one as { total: number }).total++;
    });
    expect(() => testDriver(app, { freeze: false }).input(objects).pipe('a', { total: 1 }, 1)).not.toThrow();
  });
});

test('an aggregate may be changed in place', () => {
  const app = streams('app');
  const all = app
    .stream(lines)
    .groupByKey()
    .aggregate(
      () => ({ lines: [] as string[] }),
      (aggregate, line) => {
        aggregate.lines.push(line);
        return aggregate;
      },
      { name: 'all', value: json<{ lines: string[] }>() },
    );
  const driver = testDriver(app);
  for (const line of ['x', 'y', 'z']) driver.input(lines).pipe('a', line, 1);
  expect(driver.view(all).get('a')).toEqual({ lines: ['x', 'y', 'z'] });
});

test('a promise that reaches a node is refused for JavaScript users', () => {
  const app = streams('app');
  const later = (line: string) => Promise.resolve(line) as never;
  app
    .stream(lines)
    .mapValues(later)
    .forEach(() => {});
  app
    .stream(more)
    .selectKey(later)
    .forEach(() => {});
  const driver = testDriver(app);
  expect(() => driver.input(lines).pipe('a', 'x', 1)).toThrow(/returned a promise: use mapAsync.*node map-values-0/);
  expect(() => driver.input(more).pipe('a', 'x', 1)).toThrow(/returned a promise: use mapAsync.*node select-key-0/);
  const aggregating = streams('aggregating');
  aggregating
    .stream(lines)
    .groupByKey()
    .reduce((_, line) => later(line), { name: 'last' })
    .toStream()
    .forEach(() => {});
  const input = testDriver(aggregating).input(lines);
  input.pipe('a', 'x', 1);
  expect(() => input.pipe('a', 'y', 1)).toThrow(/returned a promise: use mapAsync/);
});
