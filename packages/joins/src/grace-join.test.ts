/** Joins of streams with tables with a history, against a model that keeps every version. */
import { describe, expect, test } from '@jest/globals';
import { streams } from '@kstreams/core/dsl';
import { ConfigError, type Duration, topic } from '@kstreams/core/graph';
import { nullable, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { byKey } from './index.js';

const text = nullable(string);
const calls = topic('calls', { key: text, value: text });
const rows = topic('rows', { key: string, value: string });
const met = topic('met', { key: text, value: string });

interface Step {
  readonly to: 'calls' | 'rows';
  readonly key: string | null;
  readonly value: string | null;
  readonly at: number;
}

const steps: fc.Arbitrary<Step[]> = fc
  .array(
    fc.record({
      to: fc.constantFrom<Step['to']>('calls', 'rows'),
      key: fc.option(fc.constantFrom('a', 'aa', 'b'), { freq: 12 }),
      value: fc.option(fc.constantFrom('x', 'y', 'z'), { freq: 6 }),
      at: fc.nat({ max: 60 }),
    }),
    { maxLength: 50, size: 'max' },
  )
  // A history forgets a value that is deleted in its own instant: here no two records have one.
  .map((given) => given.map((step, index) => ({ ...step, at: 100 * step.at + index })));

type Emitted = readonly [key: string | null, value: string, at: number];

const naively = (given: readonly Step[], keepsLeft: boolean, history: number, grace: number | undefined) => {
  const versions: Step[] = [];
  let [newest, observed] = [-1, -1];
  let waiting: Step[] = [];
  const join = ({ key, value, at }: Step): Emitted[] => {
    const mine = versions.filter((one) => one.key === key && key !== null);
    const latest = mine.toSorted((one, other) => other.at - one.at)[0];
    const [row] = mine.filter((one) => one.at <= at).sort((one, other) => other.at - one.at);
    const known = row === latest || at >= newest - history ? (row?.value ?? undefined) : undefined;
    return known === undefined && !keepsLeft ? [] : [[key, `${value} ${known}`, at]];
  };
  return given.map((step): readonly Emitted[] => {
    const { to, key, value, at } = step;
    if (to === 'rows') {
      if (key === null || at < newest - history) return [];
      newest = Math.max(newest, at);
      versions.push(step);
      return [];
    }
    if (value === null) return [];
    if (key === null) return keepsLeft ? join(step) : [];
    if (grace === undefined) return join(step);
    const isLate = at < observed - grace;
    observed = Math.max(observed, at);
    if (!isLate) waiting.push(step);
    waiting.sort((one, other) => one.at - other.at);
    const due = waiting.filter((one) => one.at <= observed - grace);
    waiting = waiting.filter((one) => !due.includes(one));
    return [...(isLate ? [step] : []), ...due].flatMap(join);
  });
};

const check = (given: readonly Step[], kind: 'join' | 'leftJoin', history: number, grace: number | undefined) => {
  const app = streams('app', { joinCondition: byKey() });
  const stream = app.stream(calls);
  const table = app.table(rows, { history });
  const options = { value: string, grace };
  if (kind === 'join') stream.join(table, (call, row) => `${call} ${row}`, options).to(met);
  else stream.leftJoin(table, (call, row) => `${call} ${row}`, options).to(met);
  const driver = testDriver(app);
  for (const [index, expected] of naively(given, kind === 'leftJoin', history, grace).entries()) {
    const { to, key, value, at } = given[index] as Step;
    if (to === 'calls') driver.input(calls).pipe(key, value, at);
    else driver.input(rows).pipe(key as string, value as string, at);
    expect(
      driver
        .output(met)
        .read()
        .map((one) => [one.key, one.value, one.timestamp]),
    ).toEqual(expected);
  }
};

describe.each(['join', 'leftJoin'] as const)('a %s with a table with a history', (kind) => {
  test('meets each row as it was', () =>
    fc.assert(
      fc.property(steps, fc.constantFrom(0, 500, 1_000, 10_000), (given, history) =>
        check(given, kind, history, undefined),
      ),
      { numRuns: 200 },
    ));

  test('waits for late rows during the grace', () =>
    fc.assert(
      fc.property(steps, fc.constantFrom(1_000, 10_000), fc.constantFrom(0, 100, 700, 1_000), (given, history, grace) =>
        check(given, kind, history, grace),
      ),
      { numRuns: 200 },
    ));
});

describe('a grace', () => {
  const join = (history: Duration | undefined, grace: Duration) => () => {
    const app = streams('app', { joinCondition: byKey() });
    app.stream(calls).join(app.table(rows, { history }), (call, row) => `${call} ${row}`, { grace });
  };

  test('needs a table with a history of at least that', () => {
    expect(join(undefined, '1s')).toThrow('give the table a { history } of at least 1000 ms');
    expect(join('1s', '2s')).toThrow('give it a longer { history }');
    expect(join('1s', '1s')).not.toThrow();
    expect(join('1s', -1)).toThrow(ConfigError);
  });
});
