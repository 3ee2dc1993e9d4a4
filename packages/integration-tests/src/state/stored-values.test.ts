/**
 * Values in stores: a restart changes none of them, for any values that functions return, change or keep, and a value
 * that cannot be written costs the record that made it.
 */
import { describe, expect, test } from '@jest/globals';
import { planTopology, type SourceNode } from '@kstreams/core/graph';
import { type TestDriver, type TestDriverOptions, testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { bytes, type Failure, type OnError, type Streams, streams, string, topic } from 'kstreams';
import { heldOnly, type Item, lefts, out, rights, seen, topologies } from './storing-topologies.js';

interface Arrival {
  readonly side: 'left' | 'right';
  readonly key: string;
  readonly item: Item;
  readonly at: number;
  readonly restart: boolean;
}

const arrivals = fc
  .array(
    fc.record({
      side: fc.constantFrom('left', 'right'),
      key: fc.constantFrom('a', 'b'),
      item: fc.record({ n: fc.nat({ max: 5 }), tags: fc.array(fc.constantFrom('x', 'y'), { maxLength: 2 }) }),
      step: fc.integer({ min: -3, max: 6 }),
      restart: fc.boolean(),
    }),
    { maxLength: 14, size: 'max' },
  )
  .map((drawn) => {
    let time = 10;
    return drawn.map(({ step, ...one }): Arrival => {
      time += step;
      return { ...one, at: Math.max(0, time) };
    });
  });

const topicsOf = ({ topics }: SourceNode): readonly string[] => (topics instanceof RegExp ? [] : topics);

/** Runs records through a driver; returns the output after each, and all rows at the end. */
const run = async (
  build: (app: Streams) => void,
  all: readonly Arrival[],
  how: 'at once' | 'with restarts' | 'with evictions',
  options: TestDriverOptions = {},
  before: (driver: TestDriver, i: number) => void = () => {},
) => {
  const app = streams('app');
  build(app);
  const { globals, subtopologies } = planTopology(app.build());
  const read = [...globals.map((one) => one.topic), ...subtopologies.flatMap((one) => one.sources).flatMap(topicsOf)];
  const driver = testDriver(app, how === 'with evictions' ? { ...options, liveLimit: 1 } : options);
  const steps: unknown[] = [];
  for (const [i, { side, key, item, at, restart }] of all.entries()) {
    before(driver, i);
    const input = side === 'left' ? lefts : rights;
    if (read.includes(input.name)) driver.input(input).pipe(key, item, at);
    steps.push(driver.output(out).read());
    if (how === 'with evictions') await driver.commit();
    if (how === 'with restarts' && restart) await driver.restart();
  }
  before(driver, all.length);
  await driver.commit();
  const rows: unknown[] = [];
  for (const { name, reader } of subtopologies.flatMap(({ stores }) => stores)) {
    if (reader === undefined) continue;
    for await (const [key, row] of driver.view(name).all())
      rows.push([name, seen(key), seen(row.value), row.timestamp]);
  }
  return { steps, rows };
};

describe.each(Object.entries(topologies))('%s', (_, build) => {
  test('a run is the same with restarts between any records, and if no row stays in memory', async () => {
    await fc.assert(
      fc.asyncProperty(arrivals, async (all) => {
        const whole = await run(build, all, 'at once');
        expect(await run(build, all, 'with restarts')).toEqual(whole);
        expect(await run(build, all, 'with evictions')).toEqual(whole);
      }),
      { numRuns: 15 },
    );
  });
});

/** JSON that is read as Infinity, which cannot be written. */
const unwritable = new TextEncoder().encode('{"n":1e400,"tags":[]}');
/** Topologies that store the values of their right input. All but the joins of streams with tables store the left ones. */
const storesRight = /beside a join|cogroup|joined|history|table of a topic|global table/;
const storesLeft = /^(?!a table|a global)/;
const stored = Object.entries({ ...topologies, ...heldOnly }).flatMap(([name, build]) => [
  ...(storesLeft.test(name) ? [{ name, build, side: lefts }] : []),
  ...(storesRight.test(name) ? [{ name, build, side: rights }] : []),
]);

test.each(stored)(
  '$name: a value of $side.name that cannot be written costs its own record only',
  async ({ build, side }) => {
    const raw = topic(side.name, { key: string, value: bytes });
    await fc.assert(
      fc.asyncProperty(arrivals, fc.nat({ max: 14 }), async (all, where) => {
        const failures: Failure[] = [];
        const onError: OnError = (failure) => {
          failures.push(failure);
          return 'skip';
        };
        const place = Math.min(where, all.length);
        // Not late, and does not advance the time.
        const before = all.slice(0, place).filter((one) => (one.side === 'left' ? lefts : rights) === side);
        const at = Math.max(0, ...before.map((one) => one.at));
        const bad = (driver: TestDriver, i: number): void => {
          if (i === place) driver.input(raw).pipe('a', unwritable, at);
        };
        const mixed = await run(build, all, 'with evictions', { onError }, bad);
        expect(failures.map(({ record }) => record?.value)).toEqual([unwritable]);
        expect(failures[0]?.error.message).toMatch(/cannot encode|cannot be encoded|JSON cannot hold/);
        expect(mixed).toEqual(await run(build, all, 'with evictions', { onError }));
      }),
      { numRuns: 6 },
    );
  },
);
