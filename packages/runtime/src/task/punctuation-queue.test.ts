import { describe, expect, test } from '@jest/globals';
import { timers } from '@kstreams/core';
import type { TimerRows, Timers } from '@kstreams/core/graph';
import { string } from '@kstreams/serde';
import { TestClock, TestStore } from '@kstreams/testing';
import fc from 'fast-check';
import { PunctuationQueue, type RunCall } from './punctuation-queue.js';
import { streamPeriod, wallPeriod } from './schedule-list.js';
import { TimerCursor } from './timer-cursor.js';

const run: RunCall = (_, call) => {
  call();
  return 'done';
};

const scheduled = (...schedules: readonly (readonly [name: string, first: number, interval: number])[]) => {
  const punctuation = new PunctuationQueue();
  const fired: (readonly [string, number])[] = [];
  const cancels = schedules.map(([name, first, interval]) =>
    punctuation.add(name, streamPeriod(interval, first), (at) => fired.push([name, at])),
  );
  return { punctuation, fired, cancels };
};

test('fires schedules by due time, then by the order in which they were added', () => {
  const { fired, punctuation } = scheduled(['late', 20, 100], ['first', 10, 100], ['second', 10, 100]);
  expect(punctuation.dueIn(0)).toBe(10);
  expect(punctuation.fire(25, run)).toBe('done');
  expect(fired.map(([name]) => name)).toEqual(['first', 'second', 'late']);
  expect(punctuation.dueIn(25)).toBe(85);
});

test('a schedule that missed periods fires once and is due at the next whole period', () => {
  const { fired, punctuation } = scheduled(['a', 10, 10]);
  punctuation.fire(47, run);
  expect(fired).toEqual([['a', 47]]);
  expect(punctuation.dueIn(47)).toBe(3);
});

test('fires nothing before the due time', () => {
  const { fired, punctuation } = scheduled(['a', 10, 10]);
  expect(punctuation.fire(9, run)).toBe('nothing');
  expect(fired).toEqual([]);
});

test('a cancelled schedule does not fire again, even if it cancels itself', () => {
  const { cancels, fired, punctuation } = scheduled(['a', 10, 10], ['b', 10, 10]);
  cancels[0]?.();
  const cancelOwn = punctuation.add('c', streamPeriod(10, 10), () => cancelOwn());
  punctuation.fire(10, run);
  expect(fired).toEqual([['b', 10]]);
  punctuation.fire(20, run);
  expect(fired).toEqual([
    ['b', 10],
    ['b', 20],
  ]);
});

test('a call that must run again stays due, and later schedules wait', () => {
  const { fired, punctuation } = scheduled(['a', 10, 10], ['b', 10, 10]);
  expect(punctuation.fire(10, () => 'again')).toBe('again');
  expect(punctuation.dueIn(10)).toBe(0);
  expect(punctuation.fire(10, run)).toBe('done');
  expect(fired.map(([name]) => name)).toEqual(['a', 'b']);
});

test('elapsed time, instants and timers fire in the order of their due times', async () => {
  const clock = new TestClock(1_000);
  const punctuation = new PunctuationQueue();
  const fired: string[] = [];
  const { add, rows } = await openTimers();
  punctuation.addTimers(new TimerCursor('timers', rows, (key) => fired.push(key as string)));
  punctuation.add('every 30', wallPeriod(clock, 30, undefined), () => fired.push('every 30'));
  punctuation.add('at 1025', wallPeriod(clock, 1_000, 25), () => fired.push('at 1025'));
  clock.set(5_000);
  clock.set(1_000);
  add('at 1040', 1_040);
  add('at 1020', 1_020);
  clock.advance(50);
  punctuation.fire(clock.now(), run, clock.monotonic());
  expect(fired).toEqual(['at 1020', 'at 1025', 'every 30', 'at 1040']);
});

const openTimers = async (maxDelay?: number) => {
  const store = await TestStore.open(timers('held', { key: string, clock: 'wall', ...(maxDelay && { maxDelay }) }));
  const handle: Timers<string> = store.store;
  return { add: (key: string, at: number) => handle.set(key, at), rows: store.rows as TimerRows<unknown, unknown> };
};

/** Time that passes, and steps that the wall clock is set by, in ms. */
const moves = fc.array(
  fc.record({
    pass: fc.integer({ min: 1, max: 5 }),
    set: fc.oneof(
      { weight: 4, arbitrary: fc.constant(0) },
      { weight: 1, arbitrary: fc.integer({ min: -500, max: 500 }) },
    ),
  }),
  { minLength: 1, maxLength: 80 },
);

describe('at any setting of the wall clock', () => {
  test('a schedule without an anchor fires whenever its interval has elapsed', () => {
    fc.assert(
      fc.property(moves, fc.integer({ min: 1, max: 40 }), (steps, interval) => {
        const turnsOf = (sets: boolean): number[] => {
          const clock = new TestClock(10_000);
          const punctuation = new PunctuationQueue();
          const fired: number[] = [];
          punctuation.add('node', wallPeriod(clock, interval, undefined), (at) => {
            expect(at).toBe(clock.now());
            fired.push(clock.monotonic());
          });
          for (const { pass, set } of steps) {
            clock.advance(pass);
            if (sets) clock.set(clock.now() + set);
            if (punctuation.dueIn(clock.now(), clock.monotonic()) <= 0) {
              punctuation.fire(clock.now(), run, clock.monotonic());
            }
          }
          return fired;
        };
        expect(turnsOf(true)).toEqual(turnsOf(false));
      }),
    );
  });

  test('a schedule with an anchor fires at its instants, at most two intervals apart', () => {
    fc.assert(
      fc.property(moves, fc.integer({ min: 5, max: 40 }), (steps, interval) => {
        const clock = new TestClock(10_000);
        const punctuation = new PunctuationQueue();
        let last = 0;
        let turn = clock.now();
        punctuation.add('node', wallPeriod(clock, interval, 0), (at) => {
          last = clock.monotonic();
          // An instant lies between the last turn and this one, or before: the clock was set back over it.
          expect(Math.floor(at / interval) * interval).toBeGreaterThan(Math.min(turn, at) - interval);
        });
        for (const { pass, set } of steps) {
          clock.advance(pass);
          clock.set(clock.now() + set);
          if (punctuation.dueIn(clock.now(), clock.monotonic()) <= 0) {
            punctuation.fire(clock.now(), run, clock.monotonic());
          }
          turn = clock.now();
          expect(clock.monotonic() - last).toBeLessThanOrEqual(2 * interval + pass + 5);
        }
      }),
    );
  });

  test('an instant does not come twice when the clock is set back by less than an interval', () => {
    const clock = new TestClock(995);
    const punctuation = new PunctuationQueue();
    const fired: number[] = [];
    punctuation.add('node', wallPeriod(clock, 100, 0), (at) => fired.push(at));
    const turn = (): unknown => punctuation.fire(clock.now(), run, clock.monotonic());
    clock.advance(10);
    turn();
    clock.set(990);
    clock.advance(20);
    turn();
    clock.advance(95);
    turn();
    expect(fired).toEqual([1_005, 1_105]);
  });

  test('a first instant far ahead is waited for', () => {
    const clock = new TestClock(0);
    const punctuation = new PunctuationQueue();
    punctuation.add('node', wallPeriod(clock, 10, 1_000), () => {});
    expect(punctuation.dueIn(clock.now(), clock.monotonic())).toBe(1_000);
  });

  test('timers with a longest delay fire within twice of it, and every turn ends', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 0, max: 20 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: -2_000, max: 2_000 }),
        fc.nat({ max: 30 }),
        async (delays, set, setAfter) => {
          const clock = new TestClock(10_000);
          const punctuation = new PunctuationQueue();
          const { add, rows } = await openTimers(20);
          const fired: string[] = [];
          punctuation.addTimers(
            new TimerCursor(
              'node',
              rows,
              (key) => {
                fired.push(key as string);
                if (fired.length < 100) add('again', clock.now() + 20);
              },
              20,
            ),
          );
          for (const [i, delay] of delays.entries()) add(`${i}`, clock.now() + delay);
          for (let passed = 0; passed <= 40; passed++) {
            if (passed === setAfter) clock.set(clock.now() + set);
            if (punctuation.dueIn(clock.now(), clock.monotonic()) <= 0) {
              punctuation.fire(clock.now(), run, clock.monotonic());
            }
            clock.advance(1);
          }
          expect(fired).toEqual(expect.arrayContaining([...delays.keys()].map(String)));
        },
      ),
      { numRuns: 200 },
    );
  });
});
