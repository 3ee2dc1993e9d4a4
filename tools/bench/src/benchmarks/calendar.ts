/**
 * Measures calendar windows against a division by the length of a day: the cost of a time zone per record. Fair, since
 * both return a window.
 */
import { calendar } from 'kstreams';
import type { Benchmark, Trial } from '../benchmark.js';

const dayLength = 86_400_000;

/** Returns instants some minutes apart, over years, some late by up to a day. */
const instants = (size: number): Float64Array => {
  const all = new Float64Array(size);
  for (let i = 0; i < size; i++) all[i] = Date.UTC(2020, 0) + i * 60_000 - (i % 7 === 0 ? (i * 7919) % dayLength : 0);
  return all;
};

/** Both sides count the records: each is in one window. */
const trial = (size: number, startOf: (at: number) => { readonly start: number; readonly end: number }): Trial => {
  const all = instants(size);
  let count = 0;
  return {
    run: () => {
      for (let i = 0; i < size; i++) {
        const at = all[i] as number;
        const { start, end } = startOf(at);
        if (start <= at && at < end) count++;
      }
    },
    result: () => count,
  };
};

/** Computes the window of an instant. */
export const calendarDays: Benchmark = {
  name: 'calendar',
  compares: 'the day in Paris of each instant; the day in UTC, by a division',
  unit: 'records',
  size: 1_000_000,
  kstreams: (size) => {
    const { of } = calendar('day', { zone: 'Europe/Paris' });
    return trial(size, (at) => of?.(at)[0] as { readonly start: number; readonly end: number });
  },
  byHand: (size) =>
    trial(size, (at) => {
      const start = Math.floor(at / dayLength) * dayLength;
      return { start, end: start + dayLength };
    }),
};
