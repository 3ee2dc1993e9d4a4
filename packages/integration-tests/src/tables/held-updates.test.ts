/** Updates that are held back above joins and groups: a held delete, and a row that comes and goes while it is held. */
import { describe, expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import { by, double, nullable, type Streams, streams, string, type Table, topic, untilTimeLimit } from 'kstreams';

const lefts = topic('lefts', { key: string, value: double });
const rights = topic('rights', { key: string, value: double });
const results = topic('results', { key: string, value: nullable(double) });

const run = async (
  build: (app: Streams) => Table<string, number>,
  updates: readonly (readonly [typeof lefts, string, number | null])[],
) => {
  const app = streams('app');
  build(app).toStream().to(results);
  const driver = testDriver(app);
  for (const [at, [to, key, value]] of updates.entries()) driver.input(to).pipe(key, value as number, at);
  for (let emissions = 0; emissions < 3; emissions++) {
    driver.advance('1s');
    await driver.commit();
  }
  return driver
    .output(results)
    .read()
    .map(({ value }) => value);
};

const add = (left: number | undefined, right: number | undefined): number => (left ?? 100) + (right ?? 0);

describe.each(['on-commit', { every: '1s' }] as const)('emitted %j', (emit) => {
  test.each([
    ['join', []],
    ['leftJoin', []],
    ['outerJoin', [101]],
  ] as const)('a left row of a %s that comes and goes leaves nothing', async (kind, expected) => {
    const build = (app: Streams) => {
      const [left, right] = [app.table(lefts, { name: 'lefts', emit }), app.table(rights)];
      if (kind === 'join') return left.join(right, add, { value: double });
      return kind === 'leftJoin'
        ? left.leftJoin(right, add, { value: double })
        : left.outerJoin(right, add, { value: double });
    };
    const updates = [
      [lefts, 'k', 18],
      [rights, 'k', 1],
      [lefts, 'k', null],
    ] as const;
    expect(await run(build, updates)).toEqual(expected);
  });

  test('a left row that is deleted while the right one changes is deleted from the result', async () => {
    const build = (app: Streams) =>
      app
        .table(lefts, { name: 'lefts' })
        .filter(() => true, { emit })
        .join(app.table(rights), add, { value: double });
    const updates = [
      [lefts, 'k', 18],
      [rights, 'k', 1],
      [lefts, 'k', null],
      [rights, 'k', 2],
    ] as const;
    expect(await run(build, updates)).toEqual([]);
  });

  test.each(['left', 'right'] as const)(
    'a foreign-key join keeps no result of a held %s row that goes',
    async (held) => {
      const emitOf = (side: string) => (side === held ? { emit } : {});
      const build = (app: Streams) =>
        app.table(lefts, { name: 'lefts', ...emitOf('left') }).join(
          app.table(rights, { name: 'rights', ...emitOf('right') }),
          by((value) => `k${value}`),
          add,
          { value: double },
        );
      const updates = [
        [rights, 'k18', 5],
        [lefts, 'x', 18],
        [rights, 'k18', held === 'right' ? null : 1],
        [lefts, 'x', held === 'left' ? null : 18],
      ] as const;
      expect((await run(build, updates)).at(-1) ?? null).toBeNull();
    },
  );
});

test('a group behind suppressed rows subtracts the value that it added', async () => {
  const build = (app: Streams) =>
    app
      .table(lefts, { name: 'lefts' })
      .suppress(untilTimeLimit(2))
      .groupBy((value) => ['all', value], { key: string, value: double })
      .reduce(
        (sum, value) => sum + value,
        (sum, value) => sum - value,
      );
  const updates = [1, 1, 1, 5, 7, 9, 9].map((value) => [lefts, 'k', value] as const);
  expect((await run(build, updates)).at(-1)).toBe(9);
});

test('a group behind an aggregate counts its first value, too', async () => {
  const build = (app: Streams) =>
    app
      .stream(lefts)
      .groupByKey()
      .aggregate(
        () => 0,
        (sum, value) => sum + value,
        { value: double },
      )
      .groupBy((sum) => ['all', sum], { key: string, value: double })
      .count({ value: double });
  expect(
    (
      await run(
        build,
        ['a', 'b', 'c'].map((key) => [lefts, key, 1] as const),
      )
    ).at(-1),
  ).toBe(3);
});
