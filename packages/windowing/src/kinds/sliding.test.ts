/** Sliding windows against a model that keeps every record, and takes all windows from their definition. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { json, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { sliding, windowed } from '../index.js';

interface Arrival {
  readonly key: string;
  readonly value: string;
  readonly at: number;
}
/** A window with the values in it, sorted, since they are added in more orders than one. */
type Emitted = readonly [key: string, start: number, end: number, values: string, at: number];
interface Kind {
  readonly difference: number;
  readonly grace: number;
}

const readings = topic('readings', { key: string, value: string });
const results = topic('results', { key: windowed(string), value: json<string[]>() });

const run = ({ difference, grace }: Kind, emit: 'on-update' | 'on-close', arrivals: readonly Arrival[]) => {
  const app = streams('app');
  app
    .stream(readings)
    .groupByKey()
    .window(sliding(difference, { grace, emit, ...(emit === 'on-close' ? { retention: 10_000 } : {}) }))
    .aggregate<string[]>(
      () => [],
      (aggregate, value) => [...aggregate, value].sort(),
      { value: json<string[]>() },
    )
    .toStream()
    .to(results as never);
  const driver = testDriver(app);
  const steps = arrivals.map(({ key, value, at }) => {
    driver.input(readings).pipe(key, value, at);
    return driver
      .output(results)
      .read()
      .map((one): Emitted => [one.key.key, one.key.start, one.key.end, (one.value ?? []).join(''), one.timestamp]);
  });
  return { steps, late: driver.dropped('late') };
};

/** The windows of records by their definition: one that ends with each, one that begins behind each if others are in it. */
const windowsOf = (records: readonly Arrival[], difference: number): readonly Emitted[] =>
  ['a', 'b'].flatMap((key) => {
    const own = records.filter((one) => one.key === key);
    const within = (start: number) => own.filter(({ at }) => at >= start && at <= start + difference);
    const ending = own.map(({ at }) => Math.max(0, at - difference));
    const behind = own.map(({ at }) => at + 1).filter((start) => within(start).length > 0);
    return [...new Set([...ending, ...behind])].map((start): Emitted => {
      const inside = within(start);
      const values = inside
        .map(({ value }) => value)
        .sort()
        .join('');
      return [key, start, start + difference, values, Math.max(...inside.map(({ at }) => at))];
    });
  });

const text = (window: Emitted): string => JSON.stringify(window);
const byStart = (a: Emitted, b: Emitted): number => a[1] - b[1] || (a[0] < b[0] ? -1 : 1);

const naively = ({ difference, grace }: Kind, emit: 'on-update' | 'on-close', arrivals: readonly Arrival[]) => {
  let late = 0;
  let taken: readonly Arrival[] = [];
  let [before, closed]: [readonly string[], number] = [[], Number.NEGATIVE_INFINITY];
  const steps = arrivals.map((arrival, i): Emitted[] => {
    const time = Math.max(...arrivals.slice(0, i + 1).map(({ at }) => at));
    if (arrival.at + difference < time - grace) late++;
    else taken = [...taken, arrival];
    const windows = windowsOf(taken, difference);
    if (emit === 'on-close') {
      const from = closed;
      closed = time - grace;
      return windows.filter(([, , end]) => end >= from && end < closed).sort(byStart);
    }
    const changed = windows.filter((window) => !before.includes(text(window)));
    before = windows.map(text);
    return [...changed].sort(byStart);
  });
  return { steps, late };
};

/** Records in order, or late by at most the grace, which all their windows take, or by so much that none does. */
const arrivalsOf = ({ difference, grace }: Kind) =>
  fc
    .array(
      fc.record({
        key: fc.constantFrom('a', 'a', 'b'),
        step: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 4 }) }, { weight: 1, arbitrary: fc.nat({ max: 20 }) }),
        late: fc.oneof(
          { weight: 2, arbitrary: fc.constant(0) },
          { weight: 3, arbitrary: fc.nat({ max: grace }) },
          { weight: 1, arbitrary: fc.integer({ min: grace + difference + 1, max: 60 }) },
        ),
      }),
      { maxLength: 30, size: 'max' },
    )
    .map((drawn) => {
      let time = 0;
      return drawn.map(({ key, step, late }, i): Arrival => {
        const at = late === 0 || late > time ? time + step : time - late;
        time = Math.max(time, at);
        return { key, value: String.fromCharCode(97 + (i % 26)), at };
      });
    });

const kinds: readonly Kind[] = [
  { difference: 10, grace: 0 },
  { difference: 10, grace: 25 },
  { difference: 1, grace: 8 },
  { difference: 5, grace: 12 },
];

describe.each(kinds)('sliding windows of $difference, grace $grace', (kind) => {
  test('on update: a record changes and makes the windows that the model says', () => {
    fc.assert(
      fc.property(arrivalsOf(kind), (all) => {
        const { steps, late } = run(kind, 'on-update', all);
        // As in Kafka Streams, a window comes twice where it is on the left of a record and on the right of the one before.
        const once = steps.map((step) => [...new Map(step.map((one) => [text(one), one])).values()].sort(byStart));
        expect({ late, steps: once }).toEqual(naively(kind, 'on-update', all));
      }),
      { numRuns: 75 },
    );
  });

  test('on close: each window comes once, by its start, with all that it took', () => {
    fc.assert(
      fc.property(arrivalsOf(kind), (all) =>
        expect(run(kind, 'on-close', all)).toEqual(naively(kind, 'on-close', all)),
      ),
      { numRuns: 75 },
    );
  });
});
