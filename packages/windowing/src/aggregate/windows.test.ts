/** Tumbling and hopping windows against a model that keeps every record and recomputes all windows. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { hopping, tumbling, type WindowOptions, windowed } from '../index.js';

interface Arrival {
  readonly key: string | null;
  readonly value: string | null;
  readonly at: number;
}
/** A key, the start of its window, the aggregate (null: deleted), its timestamp. */
type Emitted = readonly [key: string, start: number, value: string | null, at: number];
interface Kind {
  readonly size: number;
  readonly advance: number;
  readonly grace: number;
  readonly retention?: number;
}

const readings = topic('readings', { key: nullable(string), value: nullable(string) });
const results = topic('results', { key: windowed(string), value: nullable(string) });

/** Adds up values; `x` deletes. */
const add = (aggregate: string, value: string | null): string | null =>
  value === 'x' ? null : `${aggregate}${value ?? '-'}`;

const run = ({ size, advance, ...durations }: Kind, emit: WindowOptions['emit'], arrivals: readonly Arrival[]) => {
  const app = streams('app');
  const options = { ...durations, ...(emit && { emit }) };
  const table = app
    .stream(readings)
    .groupByKey()
    .window(advance === size ? tumbling(size, options) : hopping(size, { ...options, advance }))
    .aggregate(() => '', add, { value: string });
  table.toStream().to(results as never);
  const driver = testDriver(app);
  const steps = arrivals.map(({ key, value, at }) => {
    driver.input(readings).pipe(key, value, at);
    return driver
      .output(results)
      .read()
      .map((one): Emitted => [one.key.key, one.key.start, one.value, one.timestamp]);
  });
  return { steps, late: driver.dropped('late'), nullKeys: driver.dropped('null-key') };
};

const startsOf = ({ size, advance }: Kind, at: number): number[] =>
  Array.from({ length: Math.floor(at / advance) + 1 }, (_, i) => i * advance).filter((start) => at < start + size);

/** Those of the first `count` records that a window of a key took: they came before it closed. */
const takenBy = (kind: Kind, all: readonly Arrival[], count: number, key: string, start: number): Arrival[] =>
  all.slice(0, count).filter((one, i) => {
    const streamTime = Math.max(
      ...all
        .slice(0, i + 1)
        .filter((seen) => seen.key !== null)
        .map(({ at }) => at),
    );
    return one.key === key && startsOf(kind, one.at).includes(start) && start + kind.size > streamTime - kind.grace;
  });

/** The aggregate of a window and its timestamp, from its records; starts from init after a delete. */
const aggregateOf = (taken: readonly Arrival[]): readonly [value: string | null, at: number] => {
  const deleted = taken.findLastIndex(({ value }) => value === 'x');
  const last = taken.length - 1;
  const since =
    deleted === last
      ? taken.slice(taken.slice(0, last).findLastIndex(({ value }) => value === 'x') + 1)
      : taken.slice(deleted + 1);
  const at = Math.max(...since.map((one) => one.at));
  return [deleted === last ? null : since.reduce((aggregate, { value }) => add(aggregate, value) as string, ''), at];
};

const naively = (kind: Kind, emit: WindowOptions['emit'], all: readonly Arrival[]) => {
  const { size, grace, retention = size + grace } = kind;
  let late = 0;
  let nullKeys = 0;
  const steps = all.map((arrival, i): Emitted[] => {
    const { key, at } = arrival;
    if (key === null) {
      nullKeys++;
      return [];
    }
    const known = all.slice(0, i + 1).filter((one) => one.key !== null);
    const [before, now] = [known.slice(0, -1), known].map(
      (seen) => Math.max(-1, ...seen.map((one) => one.at)) - grace,
    ) as [number, number];
    const out: Emitted[] = [];
    for (const start of startsOf(kind, at)) {
      if (start + size <= now) late++;
      else if (emit !== 'on-close') out.push([key, start, ...aggregateOf(takenBy(kind, all, i + 1, key, start))]);
    }
    if (emit !== 'on-close') return out;
    const windows = new Map(
      known.flatMap((one) =>
        startsOf(kind, one.at).map((start) => [`${one.key} ${start}`, [one.key as string, start] as const]),
      ),
    );
    const taken = [...windows.values()].map(([of, start]) => ({
      of,
      start,
      records: takenBy(kind, all, i + 1, of, start),
    }));
    const newest = Math.max(...taken.filter(({ records }) => records.length > 0).map(({ start }) => start));
    return taken
      .filter(
        ({ start, records }) =>
          records.length > 0 && start + size > before && start + size <= now && start >= newest - retention,
      )
      .map(({ of, start, records }): Emitted => [of, start, ...aggregateOf(records)])
      .filter(([, , value]) => value !== null)
      .sort(([a, one], [b, other]) => one - other || (a < b ? -1 : 1));
  });
  return { steps, late, nullKeys };
};

const arrivals = fc
  .array(
    fc.record({
      key: fc.option(fc.constantFrom('a', 'b', 'aa'), { freq: 9 }),
      value: fc.option(fc.constantFrom('1', '2', '3', 'x'), { freq: 6 }),
      step: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 4 }) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) }),
      late: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 25 }) }),
    }),
    { maxLength: 30, size: 'max' },
  )
  .map((drawn) => {
    let time = 0;
    return drawn.map(({ key, value, step, late }): Arrival => {
      time += step;
      return { key, value, at: Math.max(0, time - late) };
    });
  });

const kinds: readonly Kind[] = [
  { size: 10, advance: 10, grace: 0 },
  { size: 10, advance: 10, grace: 7 },
  { size: 10, advance: 10, grace: 0, retention: 25 },
  { size: 1, advance: 1, grace: 0 },
  { size: 10, advance: 5, grace: 3 },
  { size: 12, advance: 4, grace: 0 },
  { size: 10, advance: 3, grace: 6, retention: 1_000 },
];

describe.each(kinds)('windows of $size every $advance, grace $grace, retention $retention', (kind) => {
  test.each(['on-update', 'on-close'] as const)(
    '%s: every record gives what the model says, late ones are counted',
    (emit) => {
      fc.assert(
        fc.property(arrivals, (all) => expect(run(kind, emit, all)).toEqual(naively(kind, emit, all))),
        { numRuns: 50 },
      );
    },
  );

  test('on close, a window comes once, with the last aggregate that updates gave, if it is kept until it closes', () => {
    const kept = { ...kind, retention: 1_000 };
    fc.assert(
      fc.property(arrivals, (all) => {
        const end: Arrival = { key: 'z', value: '9', at: 500 };
        const last = new Map(
          run(kept, 'on-update', all)
            .steps.flat()
            .map(([key, start, ...rest]) => [`${key} ${start}`, rest]),
        );
        const closed = run(kept, 'on-close', [...all, end]).steps.flat();
        expect(new Set(closed.map(([key, start]) => `${key} ${start}`)).size).toBe(closed.length);
        const expected = [...last].filter(([, [value]]) => value !== null);
        expect(closed.map(([key, start, ...rest]) => [`${key} ${start}`, rest]).sort()).toEqual(expected.sort());
      }),
    );
  });
});
