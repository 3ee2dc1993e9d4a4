/** Async steps before joins: latencies never change the results of joins. */
import { describe, expect, test } from '@jest/globals';
import { type Stream, type Streams, streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { string } from '@kstreams/serde';
import { reordering, type Step, stepOf } from '@kstreams/test-support/reordering';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { byKey, within } from './index.js';

const lefts = topic('lefts', { key: string, value: string });
const rights = topic('rights', { key: string, value: string });
const results = topic('results', { key: string, value: string });

type Texts = Stream<string, string>;
type Wait = (stream: Texts) => Texts;

const pair = (left: string | undefined, right: string | undefined) => `${left} ${right}`;
const rowsOf = (app: Streams, history: number) => app.table(rights, { history, name: 'rows' });

/** Joins that hold on to records for a while; `wait` is the async step, and `back` how late a record may come for none to be late. */
const joins: Record<string, { readonly back: number; readonly join: (app: Streams, wait: Wait) => Texts }> = {
  'inner, the left side waits': {
    back: 4,
    join: (app, wait) => wait(app.stream(lefts)).join(app.stream(rights), within(50, { grace: 50 }), pair),
  },
  'inner, both sides wait together': {
    back: 4,
    join: (app, wait) => {
      const all = wait(app.stream(lefts).merge(app.stream(rights)));
      const [some, others] = ['l', 'r'].map((side) => all.filter((value) => value.startsWith(side))) as [Texts, Texts];
      return some.join(others, within(50, { grace: 50 }), pair);
    },
  },
  'left, no grace': {
    back: 0,
    join: (app, wait) => wait(app.stream(lefts)).leftJoin(app.stream(rights), within(50), pair),
  },
  'outer, no grace, the right side waits': {
    back: 0,
    join: (app, wait) => app.stream(lefts).outerJoin(wait(app.stream(rights)), within(50), pair),
  },
  outer: {
    back: 4,
    join: (app, wait) => wait(app.stream(lefts)).outerJoin(app.stream(rights), within(50, { grace: 50 }), pair),
  },
  'with itself': {
    back: 4,
    join: (app, wait) => {
      const all = wait(app.stream(lefts).merge(app.stream(rights)));
      return all.join(all, within(50, { grace: 50, self: 'as-one' }), pair);
    },
  },
  'a table with a history': {
    back: 0,
    join: (app, wait) => wait(app.stream(lefts)).leftJoin(rowsOf(app, 80), pair),
  },
  'a table with a history, and a grace': {
    back: 4,
    join: (app, wait) => wait(app.stream(lefts)).leftJoin(rowsOf(app, 10_000), pair, { grace: 50 }),
  },
  'a table with a history whose rows wait, and a grace': {
    back: 4,
    join: (app, wait) => {
      const rows = wait(app.stream(rights)).toTable({ history: 10_000, name: 'rows' });
      return app.stream(lefts).leftJoin(rows, pair, { grace: 50 });
    },
  },
};

type Arrival = readonly [step: Step, side: 'left' | 'right'];

/** All results of a join, in no order, and how many records it dropped. */
const run = async (name: string, arrivals: readonly Arrival[], waits: boolean) => {
  const { back: lateness, join } = joins[name] as (typeof joins)[string];
  const app = streams('app', { joinCondition: byKey() });
  const { resolve, resolveAll, step: wait } = reordering(waits);
  join(app, wait).with({ value: string }).to(results);
  const driver = testDriver(app);
  const pipe = (side: Arrival[1], key: string, id: string, at: number) =>
    driver.input(side === 'left' ? lefts : rights).pipe(key, `${side}${id}`, at);
  let latest = 10;
  for (const [i, [{ ahead, choices, back, key }, side]] of arrivals.entries()) {
    latest += ahead + 1;
    // No two records have one timestamp: of two rows that do, the last that comes would stay.
    pipe(side, key, String(i), 10 * (latest - Math.min(back, lateness)) + (i % 10));
    await resolve(choices);
  }
  for (const ahead of [20, 40, 60]) {
    pipe('left', 'end', String(ahead), 10 * (latest + ahead));
    pipe('right', 'end', String(ahead), 10 * (latest + ahead) + 1);
  }
  await resolveAll();
  await driver.settled();
  const all = driver.output(results).read();
  return {
    dropped: driver.dropped(),
    results: all.map(({ key, timestamp, value }) => `${key} ${timestamp} ${value}`).sort(),
  };
};

describe('an async step before a join changes no result', () => {
  test.each(Object.keys(joins))('%s', async (name) => {
    const arrivals = fc.array(fc.tuple(stepOf(6, 4), fc.constantFrom<Arrival[1]>('left', 'right')), { maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(arrivals, async (all) => {
        expect(await run(name, all, true)).toEqual(await run(name, all, false));
      }),
      { numRuns: 80 },
    );
  });
});

test('an unmatched record is emitted once all earlier records are processed, without another record', async () => {
  const app = streams('app', { joinCondition: byKey() });
  const { resolveAll, step } = reordering(true);
  step(app.stream(lefts))
    .leftJoin(app.stream(rights), within({ before: 500, after: 5 }), pair)
    .with({ value: string })
    .to(results);
  const driver = testDriver(app);
  driver.input(lefts).pipe('a', 'left', 10);
  driver.input(rights).pipe('a', 'right', 100);
  expect(driver.output(results).read()).toEqual([]);
  await resolveAll();
  await driver.settled();
  const alone = driver.output(results).read();
  expect(alone.map(({ timestamp, value }) => [timestamp, value])).toEqual([[10, 'left undefined']]);
});
