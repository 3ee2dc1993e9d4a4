import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { systemClock } from './clock.js';

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

const day = 86_400_000;

test('a timer fires after its delay, also after one that is too long for the timers of the system', () => {
  const fired: string[] = [];
  systemClock.after(10, () => fired.push('soon'));
  systemClock.after(70 * day, () => fired.push('late'));
  const cancel = systemClock.after(60 * day, () => fired.push('never'));
  jest.advanceTimersByTime(10);
  expect(fired).toEqual(['soon']);
  jest.advanceTimersByTime(30 * day);
  cancel();
  jest.advanceTimersByTime(40 * day - 11);
  expect(fired).toEqual(['soon']);
  jest.advanceTimersByTime(1);
  expect(fired).toEqual(['soon', 'late']);
});

test('setting the wall clock does not change monotonic time', () => {
  const [wall, monotonic] = [systemClock.now(), systemClock.monotonic()];
  jest.setSystemTime(wall - day);
  expect(systemClock.now()).toBe(wall - day);
  expect(systemClock.monotonic()).toBe(monotonic);
});
