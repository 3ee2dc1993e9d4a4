import { noBytes } from '@kstreams/core';
import type { Side } from './benchmark.js';

/** An async function that returns at once, so that only the cost of awaiting remains. */
export const call = async (value: Uint8Array): Promise<Uint8Array> => value;

/** The baseline of calls: a bare loop that awaits them one by one. */
export const awaited: Side = (size) => {
  let done = 0;
  const run = async (): Promise<void> => {
    for (let i = 0; i < size; i++) {
      await call(noBytes);
      done++;
    }
  };
  return { run, result: () => done };
};
