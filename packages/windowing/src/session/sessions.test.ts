/** Sessions against a model that keeps every record of each open session and recomputes them. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { session, type WindowOptions, windowed } from '../index.js';

interface Arrival {
  readonly key: string;
  readonly value: string;
  readonly at: number;
}
type Emitted = readonly [key: string, start: number, end: number, value: string | null, at: number];
interface Kind {
  readonly gap: number;
  readonly grace: number;
}

const clicks = topic('clicks', { key: string, value: string });
const results = topic('results', { key: windowed(string), value: nullable(string) });

const run = ({ gap, grace }: Kind, emit: 'on-update' | 'on-close', arrivals: readonly Arrival[]) => {
  const app = streams('app');
  const options: WindowOptions = { grace, emit };
  app
    .stream(clicks)
    .groupByKey()
    .window(session(gap, options))
    .aggregate(
      () => '',
      (aggregate, value) => aggregate + value,
      (left, right) => left + right,
      { value: string },
    )
    .toStream()
    .to(results);
  const driver = testDriver(app);
  const steps = arrivals.map(({ key, value, at }) => {
    driver.input(clicks).pipe(key, value, at);
    return driver
      .output(results)
      .read()
      .map((one): Emitted => [one.key.key, one.key.start, one.key.end, one.value, one.timestamp]);
  });
  return { steps, late: driver.dropped('late') };
};

/** A session as the records that it was made of, in the order in which they were added up. */
interface Session {
  readonly key: string;
  readonly records: readonly Arrival[];
  readonly start: number;
  readonly end: number;
}

const textOf = ({ records }: Session): string => records.map(({ value }) => value).join('');
const byEnd = (a: Session, b: Session): number => a.end - b.end || a.start - b.start || (a.key < b.key ? -1 : 1);

const naively = ({ gap, grace }: Kind, emit: 'on-update' | 'on-close', arrivals: readonly Arrival[]) => {
  let sessions: readonly Session[] = [];
  let late = 0;
  /** The end of the latest session: what lies the gap and the grace behind it has left. */
  let newest = Number.NEGATIVE_INFINITY;
  const steps = arrivals.map((arrival, i): Emitted[] => {
    const { key, at } = arrival;
    const time = Math.max(...arrivals.slice(0, i + 1).map((one) => one.at));
    const out: Emitted[] = [];
    const met = sessions
      .filter((one) => one.key === key && one.end > newest - Math.max(1, gap) - grace)
      .filter((one) => one.end >= at - gap && one.start <= at + gap)
      .sort(byEnd);
    const start = Math.min(at, ...met.map((one) => one.start));
    const end = Math.max(at, ...met.map((one) => one.end));
    if (end < time - grace - gap) late++;
    else {
      const whole = { key, records: [...met.flatMap(({ records }) => records), arrival], start, end };
      sessions = [
        ...sessions.filter((one) => !met.includes(one) && !(one.key === key && one.start === start && one.end === end)),
        whole,
      ];
      newest = Math.max(newest, end);
      if (emit === 'on-update') {
        if (start !== end) for (const one of met) out.push([key, one.start, one.end, null, one.end]);
        out.push([key, start, end, textOf(whole), end]);
      }
    }
    if (emit === 'on-close') {
      const closed = sessions.filter((one) => one.end < time - grace - gap).sort(byEnd);
      sessions = sessions.filter((one) => !closed.includes(one));
      for (const one of closed) out.push([one.key, one.start, one.end, textOf(one), one.end]);
    }
    return out;
  });
  return { steps, late };
};

const arrivals = fc
  .array(
    fc.record({
      key: fc.constantFrom('a', 'b'),
      step: fc.oneof({ weight: 5, arbitrary: fc.nat({ max: 6 }) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) }),
      late: fc.oneof({ weight: 2, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat({ max: 30 }) }),
    }),
    { maxLength: 40, size: 'max' },
  )
  .map((drawn) => {
    let time = 0;
    return drawn.map(({ key, step, late }, i): Arrival => {
      time += step;
      return { key, value: String.fromCharCode(97 + (i % 26)), at: Math.max(0, time - late) };
    });
  });

const kinds: readonly Kind[] = [
  { gap: 5, grace: 0 },
  { gap: 5, grace: 12 },
  { gap: 0, grace: 0 },
  { gap: 0, grace: 4 },
  { gap: 12, grace: 3 },
];

describe.each(kinds)('sessions of gap $gap, grace $grace', (kind) => {
  test.each(['on-update', 'on-close'] as const)('%s: every record gives what the model says', (emit) => {
    fc.assert(
      fc.property(arrivals, (all) => expect(run(kind, emit, all)).toEqual(naively(kind, emit, all))),
      { numRuns: 200 },
    );
  });
});

test('with a gap of 0 the records of one timestamp are one session, with any grace', () => {
  const inOrder = fc
    .array(fc.nat({ max: 20 }), { maxLength: 40, size: 'max' })
    .map((times) => times.sort((a, b) => a - b));
  fc.assert(
    fc.property(inOrder, fc.nat({ max: 5 }), fc.constantFrom('on-update', 'on-close'), (times, grace, emit) => {
      const arrivals = times.map((at) => ({ key: 'a', value: 'x', at }));
      const { steps } = run({ gap: 0, grace }, emit, [...arrivals, { key: 'b', value: 'x', at: 100 }]);
      const last = new Map(steps.flat().map(([key, start, end, value]) => [`${key} ${start} ${end}`, value]));
      last.delete('b 100 100');
      const expected = new Map<string, string>();
      for (const at of times) expected.set(`a ${at} ${at}`, `${expected.get(`a ${at} ${at}`) ?? ''}x`);
      expect(last).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('activity without a gap is one session in the end, in any order of its records', () => {
  const shuffled = fc
    .array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 60, size: 'max' })
    .chain((times) => fc.shuffledSubarray(times, { minLength: times.length }));
  fc.assert(
    fc.property(shuffled, (times) => {
      const { steps } = run(
        { gap: 7, grace: 1_000 },
        'on-update',
        times.map((at) => ({ key: 'a', value: 'x', at })),
      );
      const last = new Map(steps.flat().map(([, start, end, value]) => [`${start} ${end}`, value]));
      const sorted = [...times].sort((a, b) => a - b);
      const expected = new Map<string, string>();
      for (let from = 0, i = 1; i <= sorted.length; i++) {
        if (i < sorted.length && (sorted[i] as number) - (sorted[i - 1] as number) <= 7) continue;
        expected.set(`${sorted[from]} ${sorted[i - 1]}`, 'x'.repeat(i - from));
        from = i;
      }
      expect(new Map([...last].filter(([, value]) => value !== null))).toEqual(expected);
    }),
    { numRuns: 200 },
  );
});
