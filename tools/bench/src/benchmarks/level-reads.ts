/**
 * Measures a store's reads on Level against bare getSync: the same rows and serdes, each key once in scattered order,
 * so that live rows serve none.
 */
import type { Benchmark, Trial } from '../benchmark.js';
import { keyOf, openDatabase, openStore, rowsPerCommit } from '../level-trial.js';

/** Coprime to round numbers, so that every row is read once. */
const stride = 7_919;

const reading = (size: number, read: (key: string) => number | undefined, close: () => Promise<void>): Trial => {
  let sum = 0;
  return {
    run: () => {
      for (let i = 0; i < size; i++) sum += read(keyOf((i * stride) % size)) ?? Number.NaN;
    },
    result: () => sum,
    close,
  };
};

/** Reads of state that is not in memory. */
export const levelReads: Benchmark = {
  name: 'level-reads',
  compares: 'reads of a store, none of them live; getSync of level',
  unit: 'rows',
  size: 100_000,
  kstreams: async (size) => {
    const { close, open } = await openStore();
    const { commit, store } = open();
    for (let row = 0; row < size; row++) {
      store.put(keyOf(row), row, row);
      if ((row + 1) % rowsPerCommit === 0) await commit();
    }
    await commit();
    const { store: reopened } = open();
    return reading(size, (key) => reopened.get(key), close);
  },
  byHand: async (size) => {
    const { close, read, write } = await openDatabase();
    for (let row = 0; row < size; row += rowsPerCommit) {
      const length = Math.min(rowsPerCommit, size - row);
      await write(Array.from({ length }, (_, i) => [keyOf(row + i), row + i] as const));
    }
    return reading(size, read, close);
  },
};
