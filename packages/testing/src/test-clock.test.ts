import { expect, test } from '@jest/globals';
import { TestClock } from './index.js';

test('fires timers in the order of their due times, unless cancelled', () => {
  const clock = new TestClock(100);
  const fired: unknown[] = [];
  clock.after(30, () => fired.push(['late', clock.now()]));
  clock.after(10, () => {
    fired.push(['early', clock.now()]);
    clock.after(5, () => fired.push(['from early', clock.now()]));
  });
  const cancel = clock.after(20, () => fired.push(['never', clock.now()]));
  cancel();
  expect(clock.due).toBe(110);
  clock.advance(29);
  expect(fired).toEqual([
    ['early', 110],
    ['from early', 115],
  ]);
  clock.advance(1);
  expect(fired.at(-1)).toEqual(['late', 130]);
  expect([clock.now(), clock.due]).toEqual([130, Number.POSITIVE_INFINITY]);
});

test('setting the wall clock moves neither monotonic time nor timers', () => {
  const clock = new TestClock(100);
  const fired: unknown[] = [];
  clock.after(30, () => fired.push(['timer', clock.now(), clock.monotonic()]));
  clock.advance(10);
  clock.set(7);
  expect([clock.now(), clock.monotonic(), clock.due]).toEqual([7, 10, 27]);
  clock.advance(20);
  expect(fired).toEqual([['timer', 27, 30]]);
});
