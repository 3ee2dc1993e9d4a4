import { noBytes } from '@kstreams/core';
import type { Side } from './benchmark.js';

/** A function that waits for nothing: what is left is what waiting itself costs. */
export const call = async (value: Uint8Array): Promise<Uint8Array> => value;

/** The least that can be done with calls: a bare loop that awaits one after another. */
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
