import { describe, expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type GroupedStream, json, session, streams, string, topic, tumbling } from 'kstreams';
import type { FullAggregate } from './full-aggregate.js';
import { avg, collect, combine, count, distinct, max, min, quantiles, sum, topN } from './index.js';

interface Item {
  readonly n: number;
  readonly s: string;
}

/** An aggregation and its result by definition. */
interface Law {
  readonly name: string;
  readonly aggregate: FullAggregate<Item, unknown, unknown>;
  /** Returns the result of some values, at least one. */
  readonly of: (items: readonly Item[]) => unknown;
  /** Brings a result into a form that depends on the values alone, not on their order. */
  readonly unordered?: (result: never) => unknown;
}

const total = (items: readonly Item[]): number => items.reduce((sum, { n }) => sum + n, 0);
const sorted = (list: readonly unknown[]): readonly unknown[] =>
  [...list].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
const law = (aggregate: unknown, of: Law['of'], unordered?: (result: never) => unknown): Law => {
  const known = aggregate as Law['aggregate'];
  return {
    name: known.name,
    aggregate: known,
    of,
    ...(unordered && { unordered }),
  };
};

// Sums of quarters are exact, so every order gives the same.
const laws: readonly Law[] = [
  law(
    sum(({ n }: Item) => n),
    total,
  ),
  law(
    avg(({ n }: Item) => n),
    (items) => total(items) / items.length,
  ),
  law(
    avg(({ n }: Item) => BigInt(n * 4)),
    (items) => (4 * total(items)) / items.length,
  ),
  law(count(), (items) => items.length),
  law(
    min(({ n }: Item) => n),
    (items) => Math.min(...items.map(({ n }) => n)),
  ),
  law(
    max(({ s }: Item) => s),
    (items) =>
      items
        .map(({ s }) => s)
        .sort()
        .at(-1),
  ),
  law(
    topN(2, ({ n }: Item) => n),
    (items) => [...items].sort((a, b) => b.n - a.n).slice(0, 2),
    (items: readonly Item[]) => items.map(({ n }) => n),
  ),
  law(
    distinct(({ s }: Item) => s),
    (items) => [...new Set(items.map(({ s }) => s))],
    sorted,
  ),
  law(
    collect(({ s }: Item) => s),
    (items) => items.map(({ s }) => s),
    sorted,
  ),
  law(
    quantiles(({ n }: Item) => n, { least: 0, most: 1 }),
    (items) => ({
      least: Math.min(...items.map(({ n }) => n)),
      most: Math.max(...items.map(({ n }) => n)),
    }),
  ),
  law(combine({ total: sum(({ n }: Item) => n), last: max(({ s }: Item) => s) }), (items) => ({
    total: total(items),
    last: items
      .map(({ s }) => s)
      .sort()
      .at(-1),
  })),
  law(combine({ items: count(), mean: avg(({ n }: Item) => n) }), (items) => ({
    items: items.length,
    mean: total(items) / items.length,
  })),
];

const item = fc.record({
  n: fc.integer({ min: -400, max: 400 }).map((n) => n / 4),
  s: fc.constantFrom('a', 'b', 'c', 'd'),
});
const items = fc.array(item, { minLength: 1, maxLength: 12 });
const key = fc.constantFrom('x', 'y');

const inputs = topic('inputs', { key: string, value: json<Item>() });
const rows = topic('rows', { key: string, value: json<Item & { readonly group: string }>() });

describe('on a driver, every aggregation', () => {
  const named = laws.map((one, i) => ({ ...one, id: `${i}-${one.name.replace(/\W+/g, '-')}` }));
  const shown = ({ unordered = (result) => result }: Law, result: unknown): unknown =>
    result === undefined ? undefined : unordered(result as never);
  const open = <T>(of: (group: GroupedStream<string, Item>, law: (typeof named)[number]) => T) => {
    const app = streams('laws');
    const group = app.stream(inputs).groupByKey();
    const tables = named.map((law) => ({ law, table: of(group, law) }));
    return { driver: testDriver(app), tables };
  };

  test('gives the result by definition for each record, across restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(key, item, fc.boolean()), { maxLength: 8 }), async (records) => {
        const { driver, tables } = open((group, { aggregate, id }) => group.aggregate(aggregate, { name: id }));
        const seen: Record<string, Item[]> = { x: [], y: [] };
        for (const [at, [to, value, restarts]] of records.entries()) {
          driver.input(inputs).pipe(to, value, at);
          if (restarts) await driver.restart();
          seen[to]?.push(value);
          for (const { law, table } of tables) expect(driver.view(table).get(to)).toEqual(law.of(seen[to] as Item[]));
        }
      }),
      { numRuns: 6 },
    );
  });

  test('gives the result of the values of each window', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(item, fc.nat({ max: 39 })), { minLength: 1, maxLength: 12 }), (records) => {
        const { driver, tables } = open((group, { aggregate, id }) =>
          group.window(tumbling(10, { grace: 100 })).aggregate(aggregate, { name: id }),
        );
        for (const [value, at] of records) driver.input(inputs).pipe('x', value, at);
        for (const { law, table } of tables) {
          for (const start of [0, 10, 20, 30]) {
            const within = records.filter(([, at]) => at >= start && at < start + 10).map(([value]) => value);
            const expected = within.length === 0 ? undefined : law.of(within);
            expect(driver.view(table).get({ key: 'x', start, end: start + 10 })).toEqual(expected);
          }
        }
      }),
      { numRuns: 6 },
    );
  });

  test('gives the result of the values of each session, however they were connected', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(item, fc.nat({ max: 60 })), { minLength: 1, maxLength: 12 }), async (all) => {
        const { driver, tables } = open((group, { aggregate, id }) =>
          group.window(session(5, { grace: 1_000 })).aggregate(aggregate, { name: id }),
        );
        for (const [value, at] of all) driver.input(inputs).pipe('x', value, at);
        const sessions: { end: number; items: Item[]; start: number }[] = [];
        for (const [value, at] of [...all].sort(([, a], [, b]) => a - b)) {
          const last = sessions.at(-1);
          if (last === undefined || at - last.end > 5) sessions.push({ start: at, end: at, items: [value] });
          else Object.assign(last, { end: at, items: [...last.items, value] });
        }
        for (const { law, table } of tables) {
          const kept: unknown[] = [];
          for await (const [{ start, end }, { value }] of driver.view(table).all())
            kept.push([start, end, shown(law, value)]);
          expect(kept).toEqual(sessions.map(({ end, items, start }) => [start, end, shown(law, law.of(items))]));
        }
      }),
      { numRuns: 6 },
    );
  });

  test('that subtracts gives the result of the rows of each group, and none without rows', () => {
    const step = fc.tuple(fc.constantFrom('r', 's', 't'), fc.option(fc.record({ group: key, item })));
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const app = streams('laws');
        const groups = app
          .table(rows, { name: 'rows' })
          .groupBy((row) => [row.group, row], { key: string, value: rows.value });
        const tables = named
          .filter(({ aggregate }) => aggregate.subtract !== undefined)
          .map((law) => ({ law, table: groups.aggregate(law.aggregate, { name: law.id }) }));
        const driver = testDriver(app);
        const now = new Map<string, Item & { group: string }>();
        for (const [at, [id, row]] of steps.entries()) {
          const value = row === null ? null : { ...row.item, group: row.group };
          driver.input(rows).pipe(id, value as never, at);
          if (value === null) now.delete(id);
          else now.set(id, value);
          for (const group of ['x', 'y']) {
            const held = [...now.values()].filter((one) => one.group === group);
            for (const { law, table } of tables) {
              const expected = held.length === 0 ? undefined : law.of(held);
              expect(shown(law, driver.view(table).get(group))).toEqual(shown(law, expected));
            }
          }
        }
      }),
      { numRuns: 6 },
    );
  });
});

describe.each(laws)('$name', ({ aggregate, of }) => {
  const resultOf = (stored: unknown): unknown => (aggregate.result ?? ((it) => it))(stored);
  const fold = (all: readonly Item[]): unknown =>
    all.reduce<unknown>((stored, one) => aggregate.add(stored, one), undefined);

  test('merges the aggregates of any two parts to that of the whole', () => {
    fc.assert(
      fc.property(items, items, (left, right) => {
        const merged = aggregate.merge(fold(left), fold(right));
        expect(resultOf(merged)).toEqual(of([...left, ...right]));
      }),
      { numRuns: 30 },
    );
  });

  test('reads every stored aggregate as it was written', () => {
    fc.assert(
      fc.property(items, (all) => {
        const at = { topic: 'changelog', headers: [] };
        const stored = fold(all);
        const bytes = aggregate.serde?.encode(stored, at) as Uint8Array<ArrayBuffer>;
        expect(aggregate.serde?.decode(bytes, at)).toEqual(stored);
        expect(bytes.length).toBeLessThanOrEqual(aggregate.serde?.maxSize?.(stored) ?? Number.POSITIVE_INFINITY);
      }),
      { numRuns: 30 },
    );
  });
});

test('the changes of a table carry results, and its store the stored form', () => {
  const app = streams('means');
  const means = topic('means', { key: string, value: json<number>() });
  const table = app
    .stream(inputs)
    .groupByKey()
    .aggregate(
      avg((one) => one.n),
      { name: 'means' },
    );
  table.toStream().to(means);
  const driver = testDriver(app);
  driver.input(inputs).pipe('x', { n: 1, s: '' }, 0);
  driver.input(inputs).pipe('x', { n: 2, s: '' }, 1);
  expect(
    driver
      .output(means)
      .read()
      .map(({ value }) => value),
  ).toEqual([1, 1.5]);
  expect(driver.view(table).get('x')).toBe(1.5);
  expect(driver.view('means').get('x')).toEqual({ count: 2, sum: 3, lost: 0 });
});
