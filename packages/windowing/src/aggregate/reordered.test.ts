/** Async steps before windows: latencies never change the results of windows. */
import { describe, expect, test } from '@jest/globals';
import { type GroupedStream, streams, untilWindowCloses } from '@kstreams/core/dsl';
import { topic } from '@kstreams/core/graph';
import { double, string } from '@kstreams/serde';
import { reordering, type Step, stepOf } from '@kstreams/test-support/reordering';
import { testDriver } from '@kstreams/testing';
import fc from 'fast-check';
import { session, sliding, tumbling, windowed } from '../index.js';

const input = topic('input', { key: string, value: string });
const sums = topic('sums', { key: windowed(string), value: double });

type Group = GroupedStream<string, string>;
const kinds = {
  'tumbling, on close': (group: Group) => group.window(tumbling(10, { emit: 'on-close' })).count({ name: 'sums' }),
  'tumbling, on update': (group: Group) => group.window(tumbling(10)).count({ name: 'sums' }),
  'tumbling, held back until they close': (group: Group) =>
    group.window(tumbling(10)).count({ name: 'sums' }).suppress(untilWindowCloses()),
  'sessions, on close': (group: Group) => group.window(session(5, { emit: 'on-close' })).count({ name: 'sums' }),
  sliding: (group: Group) => group.window(sliding(5, { grace: 10 })).count({ name: 'sums' }),
} as const;

/** Timestamps that run ahead, and back within the window they are in, so that none is late; at last some that close all. */
const recordsOf = (all: readonly Step[]): readonly (Step & { readonly at: number })[] => {
  let latest = 0;
  const records = all.map((step) => {
    latest += step.ahead;
    return { ...step, at: Math.max(latest - (latest % 10), latest - step.back) };
  });
  const ends = [9, 18, 27, 36].map((ahead) => ({ key: 'end', ahead: 0, back: 0, choices: [], at: latest + ahead }));
  return [...records, ...ends];
};

/**
 * The last value of each window, and of windows that are written once all that was written. Sessions get their records in order and never exactly the gap apart: a session that has
 * just closed when its next record comes would still be open where that record comes ahead of what closed it.
 */
const run = async (kind: keyof typeof kinds, steps: readonly Step[], waits: boolean) => {
  const app = streams('app');
  const { resolve, resolveAll, step } = reordering(waits);
  kinds[kind](step(app.stream(input)).groupByKey())
    .toStream()
    .to(sums as never);
  const driver = testDriver(app);
  const sessions = kind.startsWith('sessions');
  const records = recordsOf(sessions ? steps.map((one) => ({ ...one, back: 0 })) : steps);
  for (const [i, { choices, at, key }] of records.entries()) {
    driver.input(input).pipe(key, String(i), sessions ? 2 * at : at);
    await resolve(choices);
  }
  await resolveAll();
  await driver.settled();
  const all = driver.output(sums).read();
  const results = all.map(({ key, value }): [string, number | null] => [`${key.key} ${key.start} ${key.end}`, value]);
  const final = kind.includes('close') ? results : [...new Map(results)].filter(([, value]) => value !== null);
  return { late: driver.dropped(), results: final.sort() };
};

describe('an async step before windows without grace changes no final result', () => {
  test.each(Object.keys(kinds) as (keyof typeof kinds)[])('%s', async (kind) => {
    await fc.assert(
      fc.asyncProperty(fc.array(stepOf(7, 9), { maxLength: 40 }), async (all) => {
        const expected = await run(kind, all, false);
        fc.pre(expected.late === 0);
        expect(await run(kind, all, true)).toEqual(expected);
      }),
      { numRuns: 80 },
    );
  });
});
