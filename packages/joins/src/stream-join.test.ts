/** Joins of two streams against a model that keeps every record and recomputes all results. */
import { describe, expect, test } from '@jest/globals';
import { type JoinKind, streams } from '@kstreams/core/dsl';
import { type DropReason, topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { within } from './index.js';

interface Arrival {
  readonly side: 'left' | 'right';
  readonly key: string | null;
  readonly value: string | null;
  readonly at: number;
}
interface Window {
  readonly before: number;
  readonly after: number;
  readonly grace: number;
}
type Emitted = readonly [key: string | null, value: string, at: number];

/** The results and drops of each arrival. */
interface Outcome {
  readonly steps: readonly (readonly Emitted[])[];
  readonly drops: Readonly<Partial<Record<DropReason, number>>>;
}

const text = nullable(string);
const left = topic('left', { key: text, value: text });
const right = topic('right', { key: text, value: text });
const met = topic('met', { key: text, value: string });
const reasons: readonly DropReason[] = ['null-key', 'null-value', 'expired'];

const run = (kind: JoinKind, window: Window, arrivals: readonly Arrival[]): Outcome => {
  const app = streams('app');
  const [ours, theirs] = [app.stream(left), app.stream(right)];
  const match = within(window);
  const joined = {
    inner: () => ours.join(theirs, match, (a, b) => `${a}+${b}`, { value: string }),
    left: () => ours.leftJoin(theirs, match, (a, b) => `${a}+${b}`, { value: string }),
    outer: () => ours.outerJoin(theirs, match, (a, b) => `${a}+${b}`, { value: string }),
  };
  joined[kind]().to(met);
  const driver = testDriver(app);
  const steps = arrivals.map(({ side, key, value, at }) => {
    driver.input(side === 'left' ? left : right).pipe(key, value, at);
    return driver
      .output(met)
      .read()
      .map((one): Emitted => [one.key, one.value as string, one.timestamp]);
  });
  const drops = Object.fromEntries(
    reasons.flatMap((reason) => {
      const count = driver.dropped(reason);
      return count === 0 ? [] : [[reason, count]];
    }),
  );
  return { steps, drops };
};

const bySweep = (a: Arrival, b: Arrival): number =>
  a.at - b.at ||
  Number(a.side === 'left') - Number(b.side === 'left') ||
  ((a.key as string) < (b.key as string) ? -1 : a.key === b.key ? 0 : 1);

const naively = (kind: JoinKind, { before, after, grace }: Window, arrivals: readonly Arrival[]): Outcome => {
  const drops: Partial<Record<DropReason, number>> = {};
  const drop = (reason: DropReason) => {
    drops[reason] = (drops[reason] ?? 0) + 1;
  };
  const retention = before + after + grace;
  const reach = { left: after, right: before };
  const kept = { left: kind !== 'inner', right: kind === 'outer' };
  const other = { left: 'right', right: 'left' } as const;
  const alone = ({ side, key, value, at }: Arrival): Emitted => [
    key,
    side === 'left' ? `${value}+undefined` : `undefined+${value}`,
    at,
  ];
  /** Those that can meet others: with a key and a value. */
  const held: Arrival[] = [];
  const newest = (side: Arrival['side']) =>
    Math.max(-Infinity, ...held.filter((one) => one.side === side).map(({ at }) => at));
  const visible = ({ side, at }: Arrival) => at > newest(side) - retention;
  let waiting: Arrival[] = [];
  let oldest = Number.POSITIVE_INFINITY;
  const steps = arrivals.map((arrival, i) => {
    const { side, key, value, at } = arrival;
    const streamTime = Math.max(...arrivals.slice(0, i + 1).map((one) => one.at));
    if (value === null) {
      drop('null-value');
      return [];
    }
    if (key === null && !kept[side]) {
      drop('null-key');
      return [];
    }
    if (key === null) return [alone(arrival)];
    const out: Emitted[] = [];
    held.push(arrival);
    if (at === streamTime && oldest + reach[side] + grace < streamTime) {
      const open = { left: false, right: false };
      oldest = Number.POSITIVE_INFINITY;
      for (const one of waiting.toSorted(bySweep)) {
        oldest = one.at;
        if (open.left && open.right) break;
        if (open[one.side] || one.at + reach[one.side] + grace >= streamTime) {
          open[one.side] = true;
          continue;
        }
        out.push(alone(one));
        waiting = waiting.filter((still) => still !== one);
      }
    }
    const [back, ahead] = side === 'left' ? [before, after] : [after, before];
    const meets = held
      .filter(
        (one) =>
          one.side === other[side] && one.key === key && one.at >= at - back && one.at <= at + ahead && visible(one),
      )
      .sort((a, b) => a.at - b.at);
    for (const one of meets) {
      waiting = waiting.filter((still) => still.side !== one.side || still.key !== key || still.at !== one.at);
      out.push([key, side === 'left' ? `${value}+${one.value}` : `${one.value}+${value}`, Math.max(at, one.at)]);
    }
    if (meets.length > 0 || !kept[side]) return out;
    if (at + ahead < streamTime) return [...out, alone(arrival)];
    waiting.push(arrival);
    oldest = Math.min(oldest, at);
    return out;
  });
  return { steps, drops };
};

/** Time goes on, with records that are late by a little or by much. */
const arrivalsOf = (longest: number) =>
  fc
    .array(
      fc.record({
        side: fc.constantFrom<Arrival['side']>('left', 'right'),
        key: fc.option(fc.constantFrom('a', 'b', 'aa'), { freq: 9 }),
        empty: fc.nat({ max: 9 }),
        step: fc.oneof(
          { weight: 4, arbitrary: fc.nat({ max: 4 }) },
          { weight: 1, arbitrary: fc.nat({ max: longest }) },
        ),
        late: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: longest }) }),
      }),
      { maxLength: 40, size: 'max' },
    )
    .map((drawn) => {
      let time = 0;
      return drawn.map(({ side, key, empty, step, late }, i): Arrival => {
        time += step;
        return { side, key, value: empty === 0 ? null : String(i), at: Math.max(0, time - late) };
      });
    });

const windows: readonly Window[] = [
  { before: 10, after: 10, grace: 0 },
  { before: 10, after: 10, grace: 15 },
  { before: 0, after: 9, grace: 4 },
  { before: 12, after: 0, grace: 3 },
  { before: 3, after: 8, grace: 5 },
  { before: 7, after: 2, grace: 0 },
  { before: -3, after: 9, grace: 4 },
  { before: 8, after: -2, grace: 0 },
  { before: 0, after: 0, grace: 6 },
  { before: 0, after: 0, grace: 0 },
];
/** For each law of each of the 30 cases. */
const runs = { numRuns: 25 };
const cases = (['inner', 'left', 'outer'] as const).flatMap((kind) => windows.map((window) => ({ kind, ...window })));

describe.each(cases)('$kind join, $before before, $after after, grace $grace', ({ kind, ...window }) => {
  const longest = 2 * (window.before + window.after + window.grace) + 5;

  test('every arrival gives what the model says, and is dropped when it says so', () => {
    fc.assert(
      fc.property(arrivalsOf(longest), (arrivals) => {
        expect(run(kind, window, arrivals)).toEqual(naively(kind, window, arrivals));
      }),
      runs,
    );
  });

  test('two records match at most once, and only if their times and keys allow', () => {
    fc.assert(
      fc.property(arrivalsOf(longest), (arrivals) => {
        const pairs = run(kind, window, arrivals)
          .steps.flat()
          .filter(([, value]) => !value.includes('undefined'));
        expect(new Set(pairs.map(([, value]) => value)).size).toBe(pairs.length);
        const allowed = ([key, value, at]: Emitted): boolean => {
          const [a, b] = value.split('+').map((i) => arrivals[Number(i)] as Arrival) as [Arrival, Arrival];
          const sides = a.side === 'left' && b.side === 'right' && a.key === key && b.key === key;
          const near = b.at >= a.at - window.before && b.at <= a.at + window.after;
          return sides && near && at === Math.max(a.at, b.at);
        };
        expect(pairs.filter((pair) => !allowed(pair))).toEqual([]);
      }),
      runs,
    );
  });

  test('in the end every record of a kept side matched, or was emitted alone, once', () => {
    fc.assert(
      fc.property(arrivalsOf(longest), (arrivals) => {
        const far = 10 * longest + Math.max(0, ...arrivals.map(({ at }) => at));
        const last = (['left', 'right'] as const).map(
          (side, i): Arrival => ({ side, key: 'z', value: `z${i}`, at: far + i * far }),
        );
        const values = run(kind, window, [...arrivals, ...last])
          .steps.flat()
          .map(([, value]) => value);
        const complete = ({ side, key, value }: Arrival): boolean => {
          const isKept = kind === 'outer' || (kind === 'left' && side === 'left');
          const mine = value === null ? [] : values.filter((one) => one.split('+')[side === 'left' ? 0 : 1] === value);
          const lonely = mine.filter((one) => one.includes('undefined')).length;
          if (!isKept || value === null) return lonely === 0;
          return mine.length === lonely || key === null ? lonely === 1 : lonely <= 1;
        };
        expect(arrivals.filter((arrival) => !complete(arrival))).toEqual([]);
      }),
      runs,
    );
  });
});

test('a record that came in time for its match is never emitted alone', () => {
  const ordered = arrivalsOf(40).map((arrivals) => arrivals.toSorted((a, b) => a.at - b.at));
  fc.assert(
    fc.property(ordered, (arrivals) => {
      const values = run('outer', { before: 10, after: 10, grace: 0 }, arrivals)
        .steps.flat()
        .map(([, value]) => value);
      for (const pair of values.filter((value) => !value.includes('undefined'))) {
        const [a, b] = pair.split('+');
        expect(values).not.toContain(`${a}+undefined`);
        expect(values).not.toContain(`undefined+${b}`);
      }
    }),
  );
});

test('a record older than anything its side keeps is counted as expired, and still meets the other side', () => {
  const outcome = run('inner', { before: 10, after: 10, grace: 0 }, [
    { side: 'left', key: 'a', value: 'l', at: 0 },
    { side: 'right', key: 'b', value: 'far', at: 1_000_000 },
    { side: 'right', key: 'a', value: 'r', at: 5 },
  ]);
  expect(outcome).toEqual({ steps: [[], [], [['a', 'l+r', 5]]], drops: { expired: 1 } });
});
