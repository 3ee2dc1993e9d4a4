import { expect, test } from '@jest/globals';
import { string } from '@kstreams/serde';
import { rollbackLaw } from '@kstreams/test-support/store-laws';
import { TestStore } from '@kstreams/testing';
import fc from 'fast-check';
import type { TimerRows } from '../graph/index.js';
import { timers } from './index.js';

const spec = timers('reminders', { key: string, value: string });
const rowsOf = (subject: TestStore<unknown>): TimerRows<string, string> => subject.rows as TimerRows<string, string>;

/** Returns the open timers in firing order. */
const inOrder = (subject: TestStore<unknown>): (readonly [key: string, at: number, value: string])[] => {
  const all: (readonly [string, number, string])[] = [];
  const rows = rowsOf(subject);
  for (let next = rows.next(''); next !== undefined; next = rows.next(next.position)) {
    all.push([next.key, next.at, next.value]);
  }
  return all;
};

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('set' as const),
      key: fc.constantFrom('a', 'b', 'ba', 'é'),
      at: fc.integer({ min: -3, max: 6 }),
      undo: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('cancel' as const),
      key: fc.constantFrom('a', 'b', 'ba', 'é'),
      undo: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('commit' as const, 'reopen' as const, 'restore' as const) }),
  },
);

test('timers are a map by key, in the order of instants, through rollbacks, commits, crashes and restores', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const subject = await TestStore.open(spec);
      let model = new Map<string, readonly [at: number, value: string]>();
      let committed = new Map(model);
      for (const [i, one] of steps.entries()) {
        if (one.do === 'commit') {
          await subject.commit();
          committed = new Map(model);
        } else if (one.do === 'reopen' || one.do === 'restore') {
          if (one.do === 'reopen') await subject.reopen();
          else await subject.restore();
          model = new Map(committed);
        } else if (one.do === 'set' || one.do === 'cancel') {
          await subject.record(
            (store) => (one.do === 'set' ? store.set(one.key, one.at, `${i}`) : store.cancel(one.key)),
            { undo: one.undo },
          );
          if (one.undo) continue;
          if (one.do === 'set') model.set(one.key, [one.at, `${i}`]);
          else model.delete(one.key);
        }
        const expected = [...model]
          .map(([key, [at, value]]) => [key, at, value] as const)
          .sort(([a, atA], [b, atB]) => atA - atB || Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(inOrder(subject)).toEqual(expected);
        expect(subject.store.size).toBe(model.size);
        expect(rowsOf(subject).earliest).toBe(expected[0]?.[1] ?? Number.POSITIVE_INFINITY);
        expect(rowsOf(subject).latest).toBe(expected.at(-1)?.[1] ?? Number.NEGATIVE_INFINITY);
        expect(rowsOf(subject).next('', 2)?.key).toBe(expected.find(([, at]) => at >= 2)?.[0]);
        for (const [key, [at, value]] of model) expect(subject.store.get(key)).toEqual({ at, value });
      }
    }),
    { numRuns: 500 },
  );
});

test('timers set and cancelled between two commits are not logged, and fired ones leave no rows', async () => {
  const subject = await TestStore.open(spec);
  for (let i = 0; i < 1_000; i++) {
    await subject.record((store) => {
      store.set(`k${i}`, i, 'x');
      store.cancel(`k${i}`);
    });
  }
  await subject.commit();
  expect(subject.changelog).toEqual([]);
  await subject.record((store) => store.set('a', 1, 'x'));
  await subject.commit();
  await subject.record((store) => store.cancel('a'));
  await subject.commit();
  expect(subject.changelog.map(({ value }) => value === null)).toEqual([false, true]);
  expect([...(subject.rows.uncommitted?.() ?? [])]).toEqual([]);
});

test('requests a commit after too many changes, and refuses invalid instants', async () => {
  const subject = await TestStore.open(spec, { liveLimit: 2 });
  for (const key of ['a', 'b', 'c']) await subject.record((store) => store.set(key, 1, 'x'));
  expect(subject.requestedCommits).toBe(1);
  await expect(subject.record((store) => store.set('a', 1.5, 'x'))).rejects.toThrow(
    'a timer of "reminders" was set for 1.5: use whole milliseconds since 1970',
  );
  await expect(subject.record((store) => store.set('a', Number.NaN, 'x'))).rejects.toThrow('was set for NaN');
});

rollbackLaw('timers', timers('reminders', { key: string }), (store) => store.set('a', 5));
