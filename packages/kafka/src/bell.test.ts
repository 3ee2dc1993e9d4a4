import { expect, test } from '@jest/globals';
import type { Clock } from '@kstreams/core/graph';
import { Bell } from './bell.js';

/** A clock whose timers ring when they are told to. */
const handClock = () => {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    after: (_, call) => {
      timers.add(call);
      return () => timers.delete(call);
    },
  };
  return { clock, timers };
};

test('a ring between looking and waiting is not missed', async () => {
  const { clock, timers } = handClock();
  const bell = new Bell(clock);
  const seen = bell.count;
  bell.ring();
  await bell.wait(seen, 1_000);
  expect(timers.size).toBe(0);
});

test('a ring wakes all who wait, and their timers are gone', async () => {
  const { clock, timers } = handClock();
  const bell = new Bell(clock);
  const both = Promise.all([bell.wait(bell.count, 1_000), bell.wait(bell.count, 1_000)]);
  expect(timers.size).toBe(2);
  bell.ring();
  await both;
  expect(timers.size).toBe(0);
});

test('without a ring the time wakes', async () => {
  const { clock, timers } = handClock();
  const bell = new Bell(clock);
  const waiting = bell.wait(bell.count, 1_000);
  for (const ring of timers) ring();
  await waiting;
});
