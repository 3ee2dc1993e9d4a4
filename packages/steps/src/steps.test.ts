import { describe, expect, test } from '@jest/globals';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { type Operator, streams, string, topic } from 'kstreams';
import { debounce } from './debounce.js';
import { dedupe } from './dedupe.js';
import { throttle } from './throttle.js';

interface Arrival {
  readonly key: string;
  readonly value: string;
  readonly at: number;
}

const input = topic('input', { key: string, value: string });
const output = topic('output', { key: string, value: string });

const opened = (step: Operator<string, string, string, string>) => {
  const app = streams('steps');
  app.stream(input).via(step).to(output);
  return testDriver(app);
};

/** Runs records through a step, with a restart before the record at an index. */
const run = async (step: Operator<string, string, string, string>, arrivals: readonly Arrival[], restart: number) => {
  const driver = opened(step);
  const forwarded: Arrival[] = [];
  for (const [i, { at, key, value }] of arrivals.entries()) {
    if (i === restart) await driver.restart();
    driver.input(input).pipe(key, value, at);
    for (const one of driver.output(output).read())
      forwarded.push({ key: one.key, value: one.value as string, at: one.timestamp });
  }
  return { forwarded, expired: driver.dropped('expired') };
};

/** Records of two keys and three ids; some are late. */
const records = (late: number) =>
  fc
    .array(
      fc.record({
        key: fc.constantFrom('a', 'b'),
        value: fc.constantFrom('x', 'y', 'z'),
        step: fc.nat({ max: 6 }),
        late: fc.nat({ max: late }),
      }),
      { maxLength: 30 },
    )
    .map((drawn) => {
      let time = 20;
      return drawn.map(({ key, late: by, step, value }): Arrival => {
        time += step;
        return { key, value, at: time - by };
      });
    });

const within = 10;
const restarts = fc.nat({ max: 30 });

describe.each([
  [
    'dedupe',
    dedupe({ name: 'ids', key: string, by: (value: string) => value, within }),
    (one: Arrival) => one.key + one.value,
  ],
  ['throttle', throttle<string, string>({ name: 'keys', key: string, every: within }), (one: Arrival) => one.key],
] as const)('%s', (_, step, idOf) => {
  test('forwards no two records of an id within the time, and drops none without cause, across restarts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(records(0), records(14)), restarts, async (arrivals, restart) => {
        const { expired, forwarded } = await run(step, arrivals, restart);
        const kept: Arrival[] = [];
        let time = 0;
        let old = 0;
        for (const one of arrivals) {
          time = Math.max(time, one.at);
          if (one.at + within <= time) old++;
          else if (!kept.some((first) => idOf(first) === idOf(one) && first.at + within > time)) kept.push(one);
        }
        expect(forwarded).toEqual(kept);
        expect(expired).toBe(old);
        const inOrder = arrivals.every((one, i) => one.at >= (arrivals[i - 1]?.at ?? 0));
        if (!inOrder) return;
        for (const [i, one] of forwarded.entries()) {
          const next = forwarded.slice(i + 1).find((other) => idOf(other) === idOf(one));
          expect(next?.at ?? one.at + within).toBeGreaterThanOrEqual(one.at + within);
        }
      }),
      { numRuns: 40 },
    );
  });
});

const byTime = (all: readonly Arrival[]): readonly Arrival[] =>
  [...all].sort((a, b) => a.at - b.at || (a.key < b.key ? -1 : 1));

test('debounce forwards the last record of each key before a pause, when the pause is over, across restarts', async () => {
  const step = debounce({ name: 'waiting', key: string, value: string, wait: within });
  await fc.assert(
    fc.asyncProperty(records(0), restarts, async (arrivals, restart) => {
      const end = { key: 'end', value: 'end', at: 1_000 };
      const { forwarded } = await run(step, [...arrivals, end], restart);
      const last = arrivals.filter(({ at, key }, i) => {
        const next = arrivals.slice(i + 1).find((other) => other.key === key);
        return next === undefined || next.at >= at + within;
      });
      const expected = last.map((one) => ({ ...one, at: one.at + within }));
      expect(byTime(forwarded)).toEqual(byTime(expected));
    }),
    { numRuns: 40 },
  );
});

test('debounce leaves out a record that is older than the waiting one', async () => {
  const step = debounce({ name: 'waiting', key: string, value: string, wait: within });
  const { forwarded } = await run(
    step,
    [
      { key: 'a', value: 'new', at: 5 },
      { key: 'a', value: 'old', at: 3 },
      { key: 'b', value: 'b', at: 100 },
    ],
    -1,
  );
  expect(forwarded).toEqual([{ key: 'a', value: 'new', at: 15 }]);
});

test('by the wall clock, timestamps do not matter', () => {
  const unique = opened(dedupe({ name: 'ids', key: string, by: (value: string) => value, within, clock: 'wall' }));
  for (const at of [500, 0, 900]) unique.input(input).pipe('a', 'x', at);
  unique.advance(within);
  unique.input(input).pipe('a', 'x', 0);
  expect(
    unique
      .output(output)
      .read()
      .map(({ timestamp }) => timestamp),
  ).toEqual([500, 0]);

  const quiet = opened(debounce({ name: 'waiting', key: string, value: string, wait: within, clock: 'wall' }));
  quiet.input(input).pipe('a', 'x', 900);
  quiet.advance(within - 1);
  quiet.input(input).pipe('a', 'y', 0);
  quiet.advance(within - 1);
  expect(quiet.output(output).read()).toEqual([]);
  quiet.advance(1);
  expect(
    quiet
      .output(output)
      .read()
      .map(({ value }) => value),
  ).toEqual(['y']);
});

test('wrong options are refused', () => {
  expect(() => dedupe({ name: '', key: string, by: String, within: 5 })).toThrow('option "name" of dedupe is ""');
  expect(() => throttle({ name: 'keys', key: string, every: 0 })).toThrow('the ttl of store "keys"');
  expect(() => debounce({ name: 'waiting', key: string, value: string, wait: 0 })).toThrow('"wait" of debounce');
});
