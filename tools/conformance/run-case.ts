/** Runs a case in the TestDriver and compares step by step. */
import { isDeepStrictEqual } from 'node:util';
import { testDriver } from '@kstreams/testing';
import { nullable, string, topic } from 'kstreams';
import { buildCase } from './build-case.js';
import type { Case, CaseStep, Emitted } from './case.js';
import { Unsupported } from './unsupported.js';

/** What came of a case. */
export interface Outcome {
  readonly result: 'equal' | 'differ' | 'unsupported' | 'set aside';
  readonly why: string;
}

export const runCase = (one: Case): Outcome => {
  let built: ReturnType<typeof buildCase>;
  try {
    built = buildCase(one);
  } catch (thrown) {
    if (thrown instanceof Unsupported) return { result: 'unsupported', why: thrown.message };
    return { result: 'differ', why: `building threw ${(thrown as Error).stack}` };
  }
  const difference = differenceOf(one, built);
  if (difference === undefined) return { result: 'equal', why: '' };
  return { result: one.kind.startsWith('reference-') ? 'set aside' : 'differ', why: difference };
};

const text = nullable(string);

const differenceOf = (one: Case, { app, outputs }: ReturnType<typeof buildCase>): string | undefined => {
  const driver = testDriver(app);
  const many = outputs.size > 1;
  const read = (name: string): Emitted[] => {
    const { key, value } = outputs.get(name) as { key: typeof string; value: typeof string };
    return driver
      .output(topic(name, { key, value }))
      .read()
      .map((record) => ({
        ...(many ? { topic: name } : {}),
        key: record.key,
        value: record.value,
        ts: record.timestamp,
      }));
  };
  for (const [index, step] of one.steps.entries()) {
    const dropped = driver.dropped();
    const threw = take(() => feed(driver, step));
    if (step.throws !== undefined)
      return threw === undefined ? `step ${index}: should throw ${step.throws}` : undefined;
    if (threw !== undefined) return `step ${index} ${JSON.stringify(step.in)}: threw ${(threw as Error).stack}`;
    for (const name of outputs.keys()) {
      const expected = step.out.filter((emitted) => !many || emitted.topic === name);
      const actual = read(name);
      if (!isDeepStrictEqual(plain(actual), plain(expected))) return differing(index, step, expected, actual);
    }
    if (driver.dropped() - dropped !== (step.dropped ?? 0)) {
      return `step ${index} ${JSON.stringify(step.in)}: dropped ${driver.dropped() - dropped}, expected ${step.dropped ?? 0}`;
    }
  }
  return undefined;
};

const feed = (driver: ReturnType<typeof testDriver>, { in: input, advanceWallClockMs }: CaseStep): void => {
  if (advanceWallClockMs !== undefined) driver.advance(advanceWallClockMs);
  if (input !== undefined)
    driver.input(topic(input.topic, { key: text, value: text })).pipe(input.key, input.value, input.ts);
};

const take = (work: () => void): unknown => {
  try {
    work();
    return undefined;
  } catch (thrown) {
    return thrown;
  }
};

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const differing = (index: number, step: CaseStep, expected: unknown[], actual: unknown[]): string =>
  [
    `step ${index}: ${JSON.stringify(step.in ?? step)}`,
    ...expected.map((one) => `  expected ${JSON.stringify(one)}`),
    ...actual.map((one) => `  actual   ${JSON.stringify(one)}`),
  ].join('\n');
