import { expect, test } from '@jest/globals';
import { systemClock } from '@kstreams/core/graph';
import { limitsOf } from '../options.js';
import { QuerySlots } from './query-slots.js';

/** A client that stays. */
const stays = () => () => {};
const endless = (): Promise<never> => new Promise(() => {});

test('a query ends after its time, and its signal is aborted', async () => {
  const slots = new QuerySlots(limitsOf({ time: 0 }), systemClock);
  let given: AbortSignal | undefined;
  const query = (signal: AbortSignal): Promise<never> => {
    given = signal;
    return endless();
  };
  await expect(slots.run(stays, query)).rejects.toThrow('took more than 0 ms');
  expect(given?.aborted).toBe(true);
});

test('the signal of a query is aborted when its client leaves', async () => {
  const slots = new QuerySlots(limitsOf(), systemClock);
  let given: AbortSignal | undefined;
  let leave = (): void => {};
  const onceLeft = (listener: () => void) => {
    leave = listener;
    return () => {};
  };
  const running = slots.run(onceLeft, (signal) => {
    given = signal;
    return endless();
  });
  leave();
  await expect(running).rejects.toThrow();
  expect(given?.aborted).toBe(true);
});

test('a query that ignores its signal keeps its slot until it ends', async () => {
  const slots = new QuerySlots(limitsOf({ queries: 1, time: 0 }), systemClock);
  const ends: (() => void)[] = [];
  await expect(slots.run(stays, () => new Promise<void>((end) => ends.push(end)))).rejects.toThrow();
  await expect(slots.run(stays, endless)).rejects.toThrow('1 queries run already');
  ends[0]?.();
  await new Promise((resolve) => setImmediate(resolve));
  const longer = new QuerySlots(limitsOf({ queries: 1 }), systemClock);
  expect(await longer.run(stays, async () => 'done')).toBe('done');
  expect(await longer.run(stays, async () => 'again')).toBe('again');
});
