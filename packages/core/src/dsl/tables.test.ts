import { describe, expect, test } from '@jest/globals';
import { double, json, string } from '@kstreams/serde';
import { entries } from '@kstreams/test-support/entries';
import { testDriver } from '@kstreams/testing';
import { planTopology, type Streams, streams, type Table, topic } from '../index.js';

const rows = topic('rows', { key: string, value: double });
const other = topic('other', { key: string, value: double });
const changes = topic('changes', { key: string, value: json<unknown>() });

/** Returns the changes of a table built from `rows` (and `other`). */
const changesOf = (
  make: (app: Streams) => Table<string, unknown>,
  pipe: readonly (readonly [key: string, value: number | null, timestamp: number, to?: typeof rows])[],
) => {
  const app = streams('app');
  make(app).toStream().to(changes);
  const driver = testDriver(app);
  for (const [key, value, timestamp, to = rows] of pipe) driver.input(to).pipe(key, value, timestamp);
  return { changes: entries(driver.output(changes).read()), driver };
};

const storesOf = (app: Streams): string[] =>
  planTopology(app.build()).subtopologies.flatMap(({ stores }) => stores.map(({ name }) => name));

describe('filter, filterNot and mapValues', () => {
  const pipe = [
    ['a', 1, 1],
    ['a', 9, 2],
    ['a', 2, 3],
    ['a', null, 4],
  ] as const;

  test('a row that no longer passes is deleted; a delete is not tested', () => {
    const tested: unknown[] = [];
    const large = (value: number) => {
      tested.push(value);
      return value > 5;
    };
    const { changes } = changesOf((app) => app.table(rows, { name: 'rows' }).filter(large), pipe);
    expect(changes).toEqual([
      ['a', 9, 2],
      ['a', null, 3],
    ]);
    expect(new Set(tested)).toEqual(new Set([1, 9, 2]));
    expect(changesOf((app) => app.table(rows).filterNot(large, { name: 'small' }), pipe).changes).toEqual([
      ['a', 1, 1],
      ['a', null, 2],
      ['a', 2, 3],
      ['a', null, 4],
    ]);
  });

  test('without old values, every update that does not pass is a delete, as in Kafka Streams', () => {
    expect(changesOf((app) => app.table(rows).filter((value) => value > 5), pipe).changes).toEqual([
      ['a', null, 1],
      ['a', 9, 2],
      ['a', null, 3],
      ['a', null, 4],
    ]);
  });

  test('rows that are kept only for what is added later do not change a filter', () => {
    const filtered = (app: Streams, when: 'before' | 'after'): Table<string, number> => {
      const table = app.table(rows);
      const count = () => table.groupBy((value) => ['all', value], { key: string, value: double }).count();
      if (when === 'before') count();
      const large = table.filter((value) => value > 5);
      if (when === 'after') count();
      return large;
    };
    const deletes = (when: 'before' | 'after') => {
      const { changes } = changesOf(
        (app) => filtered(app, when),
        [
          ['a', 1, 1],
          ['a', 9, 2],
          ['a', 2, 3],
          ['a', 1, 4],
        ],
      );
      return changes.map(([, value]) => value);
    };
    expect(deletes('after')).toEqual([null, 9, null, null]);
    expect(deletes('before')).toEqual([9, null]);
  });

  test.each([null, undefined])('mapValues is not called for a delete, and %s leaves a row out', (nothing) => {
    const to = (value: number) => (value > 5 ? nothing : { value });
    const { changes, driver } = changesOf(
      (app) => app.table(rows).mapValues(to, { name: 'mapped', value: json() }),
      pipe,
    );
    expect(changes).toEqual([
      ['a', { value: 1 }, 1],
      ['a', null, 2],
      ['a', { value: 2 }, 3],
      ['a', null, 4],
    ]);
    expect(driver.store('mapped')).toBeDefined();
  });

  test('an update that is older than the row is applied: the last one by offset wins', () => {
    const late = [
      ['a', 1, 5],
      ['a', 2, 3],
    ] as const;
    expect(changesOf((app) => app.table(rows), late).changes).toEqual([
      ['a', 1, 5],
      ['a', 2, 3],
    ]);
  });
});

describe('rows are stored only if needed', () => {
  test('not without a reader; by name', () => {
    const app = streams('app');
    app
      .table(rows)
      .filter(() => true)
      .mapValues((value) => value)
      .toStream()
      .forEach(() => {});
    app
      .stream(other)
      .toTable()
      .toStream()
      .forEach(() => {});
    expect(storesOf(app)).toEqual([]);
    app.table(rows, { name: 'rows' }).filter(() => true, { name: 'kept' });
    expect(storesOf(app)).toEqual(['rows', 'kept']);
  });

  test('for the lookups of a join, and the old values of a group', () => {
    const joined = streams('app');
    joined
      .table(rows)
      .filter(() => true)
      .join(joined.table(other), (left, right) => left + right);
    expect(storesOf(joined)).toEqual(['table-0', 'table-1']);
    const grouped = streams('app');
    grouped
      .table(rows)
      .groupBy((value, key) => [key, value], { key: string, value: double })
      .count();
    expect(storesOf(grouped)).toEqual(['table-0', 'table-count-0']);
  });

  test('not above a step that stores rows, which has the old values', () => {
    const app = streams('app');
    app
      .table(rows)
      .mapValues((value) => value * 2, { name: 'doubled', value: double })
      .groupBy((value, key) => [key, value], { key: string, value: double })
      .count({ name: 'counted' });
    expect(storesOf(app)).toEqual(['doubled', 'counted']);
  });
});

describe('joins of tables', () => {
  const pipe = [
    ['a', 1, 5],
    ['a', 2, 3, other],
    ['a', 3, 4],
    ['a', null, 6, other],
    ['b', 7, 7, other],
    ['a', null, 8],
  ] as const;
  const show = (left: number | undefined, right: number | undefined) => `${left ?? ''}+${right ?? ''}`;

  test.each([
    [
      'join',
      [
        ['a', '1+2', 5],
        ['a', '3+2', 4],
        ['a', null, 6],
      ],
    ],
    [
      'leftJoin',
      [
        ['a', '1+', 5],
        ['a', '1+2', 5],
        ['a', '3+2', 4],
        ['a', '3+', 6],
        ['a', null, 8],
      ],
    ],
    [
      'outerJoin',
      [
        ['a', '1+', 5],
        ['a', '1+2', 5],
        ['a', '3+2', 4],
        ['a', '3+', 6],
        ['b', '+7', 7],
        ['a', null, 8],
      ],
    ],
  ] as const)('%s: either side’s change makes a result, with the larger timestamp', (kind, expected) => {
    const { changes } = changesOf((app) => {
      const options = { name: 'joined', value: string };
      const [left, right] = [app.table(rows), app.table(other)];
      if (kind === 'join') return left.join(right, show, options);
      return kind === 'leftJoin' ? left.leftJoin(right, show, options) : left.outerJoin(right, show, options);
    }, pipe);
    expect(changes).toEqual(expected);
  });
});
