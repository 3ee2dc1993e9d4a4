/**
 * Measures a store's puts and commits on Level against bare batches: the same rows, serdes and batch size, each key
 * once, so that the store merges nothing.
 */
import type { Benchmark } from '../benchmark.js';
import { keyOf, openDatabase, openStore, rowsPerCommit } from '../level-trial.js';

const sumOf = (size: number, read: (key: string) => number | undefined): number => {
  let sum = 0;
  for (let row = 0; row < size; row++) sum += read(keyOf(row)) ?? Number.NaN;
  return sum;
};

/** Writes of state: the store adds live rows, timestamps and prefixes. */
export const levelWrites: Benchmark = {
  name: 'level-writes',
  compares: 'a store put, flushed and committed; batches of level',
  unit: 'rows',
  size: 100_000,
  kstreams: async (size) => {
    const { close, open } = await openStore();
    const { commit, store } = open();
    return {
      run: async () => {
        for (let row = 0; row < size; ) {
          const end = Math.min(row + rowsPerCommit, size);
          for (; row < end; row++) store.put(keyOf(row), row, row);
          await commit();
        }
      },
      result: () => {
        const { store: reopened } = open();
        return sumOf(size, (key) => reopened.get(key));
      },
      close,
    };
  },
  byHand: async (size) => {
    const { close, read, write } = await openDatabase();
    return {
      run: async () => {
        for (let row = 0; row < size; ) {
          const end = Math.min(row + rowsPerCommit, size);
          const rows: [string, number][] = [];
          for (; row < end; row++) rows.push([keyOf(row), row]);
          await write(rows);
        }
      },
      result: () => sumOf(size, read),
      close,
    };
  },
};
