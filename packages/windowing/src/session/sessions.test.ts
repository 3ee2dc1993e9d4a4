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
  /** The end of the latest session. */
  let newest = Number.NEGATIVE_INFINITY;
  const steps = arrivals.map((arrival, i): Emitted[] => {
    const { key, at } = arrival;
    const time = Math.max(...arrivals.slice(0, i + 1).map((one) => one.at));
    const out: Emitted[] = [];
    const expiring = newest - Math.max(1, gap) - grace;
    const joined = sessions.filter(
      (one) => one.key === key && one.end > expiring && one.end >= at - gap && one.start <= at + gap,
    );
    const from = Math.min(at, ...joined.map((one) => one.start));
    const end = Math.max(at, ...joined.map((one) => one.end));
    if (end < time - grace - gap) late++;
    else {
      const overlapped = sessions.filter((one) => one.key === key && one.end === expiring && one.end >= from);
      const met = [...overlapped, ...joined].sort(byEnd);
      const start = Math.min(from, ...overlapped.map((one) => one.start));
      const whole = { key, records: [...met.flatMap(({ records }) => records), arrival], start, end };
      sessions = [...sessions.filter((one) => !met.includes(one)), whole];
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
      { numRuns: 60 },
    );
  });
});

describe('a session that is about to expire', () => {
  const at = (...records: readonly (readonly [key: string, at: number])[]): readonly Arrival[] =>
    records.map(([key, time], i) => ({ key, value: `${i}`, at: time }));
  const closed = (kind: Kind, arrivals: readonly Arrival[]) =>
    run(kind, 'on-close', [...arrivals, { key: 'z', value: 'z', at: 1_000 }])
      .steps.flat()
      .filter(([key]) => key === 'a')
      .map(([, start, end, value]) => [start, end, value]);

  test('takes no more records of its gap, as in Kafka Streams', () => {
    expect(closed({ gap: 5, grace: 0 }, at(['a', 0], ['b', 5], ['a', 5]))).toEqual([
      [0, 0, '0'],
      [5, 5, '2'],
    ]);
  });

  test('is merged with a session that would overlap it', () => {
    expect(closed({ gap: 5, grace: 0 }, at(['a', 0], ['b', 5], ['a', 0]))).toEqual([[0, 0, '02']]);
    expect(closed({ gap: 5, grace: 3 }, at(['a', 5], ['a', 10], ['b', 18], ['a', 12], ['a', 10]))).toEqual([
      [5, 12, '0134'],
    ]);
  });
});

test('open sessions of a key never overlap, and every record is in one session or counted', () => {
  const near = fc.array(
    fc.record({ key: fc.constantFrom('a', 'b'), value: fc.constant('x'), at: fc.nat({ max: 24 }) }),
    { maxLength: 40, size: 'max' },
  );
  fc.assert(
    fc.property(near, fc.nat({ max: 6 }), fc.nat({ max: 6 }), (all, gap, grace) => {
      const counted = (emitted: readonly Emitted[]) =>
        emitted.reduce((sum, [, , , value]) => sum + (value as string).length, 0);
      const closed = run({ gap, grace }, 'on-close', [...all, { key: 'z', value: '', at: 1_000 }]);
      expect(counted(closed.steps.flat()) + closed.late).toBe(all.length);
      const rows = new Map<string, Emitted>();
      const { late, steps } = run({ gap, grace }, 'on-update', all);
      let time = 0;
      for (const [i, step] of steps.entries()) {
        time = Math.max(time, (all[i] as Arrival).at);
        for (const row of step) rows.set(row.slice(0, 3).join(' '), row);
        const open = [...rows.values()]
          .filter(([, , end, value]) => value !== null && end >= time - grace - gap)
          .sort(([a, from], [b, start]) => (a < b ? -1 : a > b ? 1 : from - start));
        for (const [n, [key, start]] of open.entries()) {
          const [before, , end] = open[n - 1] ?? [];
          if (before === key) expect(start).toBeGreaterThan(end as number);
        }
      }
      expect(counted([...rows.values()].filter(([, , , value]) => value !== null)) + late).toBe(all.length);
    }),
    { numRuns: 80 },
  );
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
    { numRuns: 80 },
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
    { numRuns: 60 },
  );
});
