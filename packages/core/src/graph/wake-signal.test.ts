import { expect, test } from '@jest/globals';
import type { Clock } from './clock.js';
import { WakeSignal } from './wake-signal.js';

/** Returns a clock with timers that the test fires. */
const manualClock = () => {
  const timers = new Set<() => void>();
  const clock: Clock = {
    now: () => 0,
    monotonic: () => 0,
    after: (_, call) => {
      timers.add(call);
      return () => timers.delete(call);
    },
  };
  return { clock, timers };
};

test('a notification between looking and waiting is not missed', async () => {
  const { clock, timers } = manualClock();
  const signal = new WakeSignal(clock);
  const seen = signal.count;
  signal.notify();
  await signal.wait(seen, 1_000);
  expect(timers.size).toBe(0);
});

test('a notification ends all waits and cancels their timers', async () => {
  const { clock, timers } = manualClock();
  const signal = new WakeSignal(clock);
  const both = Promise.all([signal.wait(signal.count, 1_000), signal.wait(signal.count, 1_000)]);
  expect(timers.size).toBe(2);
  signal.notify();
  await both;
  expect(timers.size).toBe(0);
});

test('without a notification the time limit ends a wait', async () => {
  const { clock, timers } = manualClock();
  const signal = new WakeSignal(clock);
  const waiting = signal.wait(signal.count, 1_000);
  for (const fire of timers) fire();
  await waiting;
});
