/** A stream joined with itself, as two streams and as one, against models that hold every record. */
import { describe, expect, test } from '@jest/globals';
import { type JoinKind, streams } from '@kstreams/core/dsl';
import { ConfigError, topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type Within, within } from './index.js';

interface Arrival {
  readonly key: string | null;
  readonly value: string | null;
  readonly at: number;
}
type Emitted = readonly [key: string | null, value: string, at: number];

const text = nullable(string);
const input = topic('input', { key: text, value: text });
const again = topic('again', { key: text, value: text });
const met = topic('met', { key: text, value: string });

/** Joins a stream with itself, or with a second one that is given the same records right after. */
const run = (kind: JoinKind, window: Within, arrivals: readonly Arrival[], twice = false) => {
  const app = streams('app');
  const ours = app.stream(input);
  const theirs = twice ? app.stream(again) : ours;
  const match = within(window);
  const joined = {
    inner: () => ours.join(theirs, match, (a, b) => `${a}+${b}`, { value: string }),
    left: () => ours.leftJoin(theirs, match, (a, b) => `${a}+${b}`, { value: string }),
    outer: () => ours.outerJoin(theirs, match, (a, b) => `${a}+${b}`, { value: string }),
  };
  joined[kind]().to(met);
  const driver = testDriver(app);
  const steps = arrivals.map(({ key, value, at }) => {
    driver.input(input).pipe(key, value, at);
    if (twice) driver.input(again).pipe(key, value, at);
    const records = driver.output(met).read();
    return records.map((one): Emitted => [one.key, one.value as string, one.timestamp]);
  });
  return { steps, drops: driver.drops.map(({ reason, count }) => [reason, count]) };
};

const arrivals = fc
  .array(
    fc.record({
      key: fc.option(fc.constantFrom('a', 'b'), { freq: 9 }),
      empty: fc.nat({ max: 9 }),
      step: fc.nat({ max: 5 }),
      late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 40 }) }),
    }),
    { maxLength: 30, size: 'max' },
  )
  .map((drawn) => {
    let time = 0;
    return drawn.map(({ key, empty, step, late }, i): Arrival => {
      time += step;
      return { key, value: empty === 0 ? null : String(i), at: Math.max(0, time - late) };
    });
  });

const windows = [
  { before: 8, after: 8, grace: 5 },
  { before: 0, after: 9, grace: 0 },
  { before: 6, after: 2, grace: 3 },
];
const cases = (['inner', 'left', 'outer'] as const).flatMap((kind) => windows.map((window) => ({ kind, ...window })));

/** The model of one buffer: each arrival paired with the records still kept, then the other way round. */
const naively = ({ before, after, grace }: (typeof windows)[number], all: readonly Arrival[]): Emitted[][] => {
  const held: Arrival[] = [];
  return all.map((arrival) => {
    const { key, value, at } = arrival;
    if (key === null || value === null) return [];
    const newest = Math.max(-Infinity, ...held.map((one) => one.at));
    const others = held
      .filter((one) => one.key === key && one.at > newest - (before + after + grace))
      .sort((a, b) => a.at - b.at);
    held.push(arrival);
    const pair = (a: Arrival, b: Arrival): Emitted => [key, `${a.value}+${b.value}`, Math.max(a.at, b.at)];
    const asLeft = others.filter((one) => one.at >= at - before && one.at <= at + after);
    const asRight = others.filter((one) => at >= one.at - before && at <= one.at + after);
    const meetsItself = at > Math.max(newest, at) - (before + after + grace) + 1;
    return [
      ...asLeft.map((one) => pair(arrival, one)),
      ...asRight.filter((one) => one.at <= at).map((one) => pair(one, arrival)),
      ...(meetsItself ? [pair(arrival, arrival)] : []),
      ...asRight.filter((one) => one.at > at).map((one) => pair(one, arrival)),
    ];
  });
};

describe.each(cases)('$kind join as one, $before before, $after after, grace $grace', ({ kind, ...window }) => {
  test('every arrival gives what the model says; null keys and values are dropped once', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const { steps, drops } = run(kind, { ...window, self: 'as-one' }, all);
        expect(steps).toEqual(naively(window, all));
        const nullValues = all.filter(({ value }) => value === null).length;
        const nullKeys = all.filter(({ key, value }) => key === null && value !== null).length;
        const expected = [
          ['null-value', nullValues],
          ['null-key', nullKeys],
        ].filter(([, count]) => count !== 0);
        expect(drops.toSorted()).toEqual(expected.toSorted());
      }),
    );
  });
});

describe.each(cases)('$kind join as two, $before before, $after after, grace $grace', ({ kind, ...window }) => {
  test('equals the join with another stream that gets the same records right after', () => {
    fc.assert(
      fc.property(arrivals, (all) => {
        const { steps, drops } = run(kind, window, all);
        const other = run(kind, window, all, true);
        expect(steps).toEqual(other.steps);
        expect(drops).toEqual(other.drops);
      }),
    );
  });
});

test('in order, an inner join is the same as one and as two', () => {
  const ordered = arrivals.map((all) => all.toSorted((a, b) => a.at - b.at));
  fc.assert(
    fc.property(ordered, (all) => {
      const window = { before: 8, after: 8, grace: 5 };
      expect(run('inner', { ...window, self: 'as-one' }, all).steps).toEqual(run('inner', window, all).steps);
    }),
  );
});

test('as one it keeps one store, as two it keeps three', () => {
  const storesOf = (self: 'as-one' | 'as-two'): number => {
    const app = streams('app');
    const stream = app.stream(input);
    stream.leftJoin(stream, within('5m', { self }), (a) => a, { value: text }).to(met as never);
    return app.build().nodes.flatMap((node) => (node.kind === 'processor' ? node.stores : [])).length;
  };
  expect([storesOf('as-one'), storesOf('as-two')]).toEqual([1, 3]);
});

test('two streams are not one', () => {
  const app = streams('app');
  const [ours, theirs] = [app.stream(input), app.stream(again)];
  expect(() => ours.join(theirs, within('5m', { self: 'as-one' }), (a) => a)).toThrow(ConfigError);
});
