/** Losses of windows that close: each record is in the windows that are emitted, or a drop counts it. */
import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, type Table } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { int32, nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { boundaries, hopping, session, sliding, tumbling, type Windowed, window, windowed } from '../index.js';

type Emit = 'on-update' | 'on-close';
type Arrival = readonly [key: string, at: number];
interface Options {
  readonly grace: number;
  readonly emit: Emit;
}
type Count = (group: GroupedStream<string, string>, options: Options) => Table<Windowed<string>, number>;

const readings = topic('readings', { key: string, value: string });
const results = topic('results', { key: windowed(string), value: nullable(int32) });

const tens = { name: 'tens', longest: 10, of: (at: number) => [{ start: at - (at % 10), end: at - (at % 10) + 10 }] };

const kinds: readonly (readonly [name: string, count: Count])[] = [
  ['tumbling', (group, options) => group.window(tumbling(10, options)).count()],
  ['hopping', (group, options) => group.window(hopping(10, { ...options, advance: 4 })).count()],
  ['sliding', (group, options) => group.window(sliding(10, options)).count()],
  ['session', (group, options) => group.window(session(5, options)).count()],
  ['boundaries', (group, options) => group.window(boundaries([0, 10, 40, 41, 1_900], options)).count()],
  ['a rule', (group, options) => group.window(window(tens, options)).count()],
];

/** Returns the last value of each window, the number of emissions, and the drops. */
const run = (count: Count, options: Options, arrivals: readonly Arrival[]) => {
  const app = streams('app');
  count(app.stream(readings).groupByKey(), options).toStream().to(results);
  const driver = testDriver(app);
  for (const [key, at] of arrivals) driver.input(readings).pipe(key, 'x', at);
  const emitted = driver.output(results).read();
  const last = new Map(emitted.map(({ key, value }) => [`${key.key} ${key.start} ${key.end}`, value]));
  const rows = new Map([...last].filter(([, value]) => value !== null));
  return { rows, emissions: emitted.length, late: driver.dropped('late'), expired: driver.dropped('window-expired') };
};

const arrivals = fc
  .array(
    fc.tuple(
      fc.constantFrom('a', 'b'),
      fc.oneof({ weight: 4, arbitrary: fc.nat({ max: 5 }) }, { weight: 1, arbitrary: fc.nat({ max: 60 }) }),
      fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 25 }) }),
    ),
    { maxLength: 30, size: 'max' },
  )
  .map((drawn) => {
    let time = 0;
    return drawn.map(([key, step, late]): Arrival => {
      time += step;
      return [key, Math.max(0, time - late)];
    });
  });

describe.each(kinds)('%s windows', (name, count) => {
  test('each window of the updates is emitted once on close, or counted as expired', () => {
    fc.assert(
      fc.property(arrivals, fc.nat({ max: 12 }), (all, grace) => {
        const input: readonly Arrival[] = [...all, ['z', 2_000]];
        const updated = run(count, { grace, emit: 'on-update' }, input);
        const closed = run(count, { grace, emit: 'on-close' }, input);
        updated.rows.forEach((_, id) => {
          if (id.startsWith('z')) updated.rows.delete(id);
        });
        expect(closed.emissions).toBe(closed.rows.size);
        for (const [id, value] of closed.rows) expect([id, value]).toEqual([id, updated.rows.get(id)]);
        expect(closed.rows.size + closed.expired).toBe(updated.rows.size);
        expect(closed.late).toBe(updated.late);
        if (!['tumbling', 'hopping', 'sliding'].includes(name)) expect(closed.expired).toBe(0);
      }),
      { numRuns: 80 },
    );
  });
});

test('each record is in the row of its window, or late', () => {
  const [, tumblingCount] = kinds[0] as readonly [string, Count];
  fc.assert(
    fc.property(arrivals, fc.nat({ max: 12 }), (all, grace) => {
      const { late, rows } = run(tumblingCount, { grace, emit: 'on-update' }, all);
      const counted = [...rows.values()].reduce((sum: number, one) => sum + (one as number), 0);
      expect(counted + late).toBe(all.length);
    }),
    { numRuns: 80 },
  );
});

test('a window that closes and expires in one step is a drop of its step; a longer retention keeps it', () => {
  const lossOf = (retention?: number) => {
    const options = { emit: 'on-close', ...(retention !== undefined && { retention }) } as const;
    const app = streams('app');
    app
      .stream(readings)
      .groupByKey()
      .window(tumbling(60_000, options))
      .count({ name: 'counts' })
      .toStream()
      .to(results);
    const driver = testDriver(app);
    for (const at of [600_000, 605_000, 900_000]) driver.input(readings).pipe('k', 'x', at);
    return { emitted: driver.output(results).length, drops: driver.drops };
  };
  expect(lossOf()).toEqual({ emitted: 0, drops: [{ node: 'counts', reason: 'window-expired', count: 1 }] });
  expect(lossOf(86_400_000)).toEqual({ emitted: 1, drops: [] });
});
