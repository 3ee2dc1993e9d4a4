/** Async steps before windows: whatever the latencies, what windows come to is what it would be without. */
import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, topic } from '@kstreams/core';
import { double, string } from '@kstreams/serde';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { openCalls } from '../../../tools/jest/open-calls.js';
import { session, sliding, tumbling, windowed } from './index.js';

const input = topic('input', { key: string, value: string });
const sums = topic('sums', { key: windowed(string), value: double });

const kinds = {
  'tumbling, on close': (group: GroupedStream<string, string>) => group.window(tumbling(10, { emit: 'on-close' })),
  'tumbling, on update': (group: GroupedStream<string, string>) => group.window(tumbling(10)),
  'sessions, on close': (group: GroupedStream<string, string>) => group.window(session(5, { emit: 'on-close' })),
  sliding: (group: GroupedStream<string, string>) => group.window(sliding(5, { grace: 10 })),
} as const;

/** A record to be piped, with how many open calls are answered after it, and which. */
interface Step {
  readonly key: string;
  readonly ahead: number;
  readonly back: number;
  readonly answers: readonly number[];
}

const steps = fc.array(
  fc.record({
    key: fc.constantFrom('a', 'b', 'c'),
    ahead: fc.integer({ min: 0, max: 7 }),
    back: fc.integer({ min: 0, max: 9 }),
    answers: fc.array(fc.nat(9), { maxLength: 3 }),
  }),
  { maxLength: 40 },
);

/** Timestamps that run ahead, and back within the window they are in, so that none is late; at last some that close all. */
const recordsOf = (all: readonly Step[]): readonly (Step & { readonly at: number })[] => {
  let latest = 0;
  const records = all.map((step) => {
    latest += step.ahead;
    return { ...step, at: Math.max(latest - (latest % 10), latest - step.back) };
  });
  const ends = [9, 18, 27, 36].map((ahead) => ({ key: 'end', ahead: 0, back: 0, answers: [], at: latest + ahead }));
  return [...records, ...ends];
};

/**
 * The last value of each window. Sessions get their records in order and never exactly the gap apart: a session that has
 * just closed when its next record comes would still be open where that record comes ahead of what closed it.
 */
const run = async (kind: keyof typeof kinds, all: readonly Step[], waiting: boolean) => {
  const calls = openCalls<string>();
  const app = streams('app');
  const stream = app.stream(input);
  const before = waiting
    ? stream.mapAsync(calls.call, { order: 'none', concurrency: 1_000, value: string })
    : stream.mapValues((value) => value, { value: string });
  kinds[kind](before.groupByKey())
    .count({ name: 'sums' })
    .toStream()
    .to(sums as never);
  const driver = testDriver(app);
  const open: string[] = [];
  const answer = async (at: number) => {
    const [value] = open.splice(at % open.length, 1);
    if (value !== undefined) await calls.answer(value, value);
  };
  const sessions = kind.startsWith('sessions');
  const records = recordsOf(sessions ? all.map((step) => ({ ...step, back: 0 })) : all);
  for (const [i, { answers, at, key }] of records.entries()) {
    driver.input(input).pipe(key, String(i), sessions ? 2 * at : at);
    if (!waiting) continue;
    open.push(String(i));
    for (const one of answers) if (open.length > 0) await answer(one);
  }
  while (open.length > 0) await answer(open.length - 1);
  await driver.settled();
  const results = new Map<string, number | null>();
  for (const { key, value } of driver.output(sums).read()) {
    const id = `${key.key} ${key.start} ${key.end}`;
    if (value === null) results.delete(id);
    else results.set(id, value);
  }
  return { late: driver.dropped(), results: [...results].sort() };
};

describe('an async step before windows without grace changes no final result', () => {
  test.each(Object.keys(kinds) as (keyof typeof kinds)[])('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(steps, async (all) => {
        const expected = await run(kind, all, false);
        fc.pre(expected.late === 0);
        expect(await run(kind, all, true)).toEqual(expected);
      }),
      { numRuns: 150 },
    );
  });
});
