import type { Bytes, StoreAccess } from '@kstreams/core/graph';
import { decodeNumbers, encodeNumbers, SingleRow } from '@kstreams/core/state';
import { windowClocksKey } from './window-row-key.js';

/** The clocks of a windowed operator. They are a row of its store, so they survive a restart. */
export interface WindowClocks {
  /** The stream time of each input with a separate clock. */
  readonly observed: readonly number[];
  /** The end up to which windows were emitted as closed. */
  readonly closed: number;
  /** The latest position of a window, from which windows expire. */
  readonly newest: number;
  /** The latest position of any window, including those of records out of turn: the upper bound of searches. */
  readonly farthest: number;
}

/** The clocks before the first record. */
export const initialWindowClocks: WindowClocks = {
  observed: [],
  closed: Number.NEGATIVE_INFINITY,
  newest: Number.NEGATIVE_INFINITY,
  farthest: Number.NEGATIVE_INFINITY,
};

/** The stream time of an input before its first record. */
export const nothingObserved = -1;

/** Opens the row of clocks of a window store. */
export const windowClocksRow = (access: StoreAccess): SingleRow<WindowClocks> =>
  new SingleRow(
    {
      key: windowClocksKey,
      initial: initialWindowClocks,
      encode: ({ observed, closed, newest, farthest }) => encodeNumbers([closed, newest, farthest, ...observed]),
      decode: decodeWindowClocks,
      timestamp: ({ observed }) => Math.max(0, ...observed),
    },
    access,
  );

/** Decodes the clocks of a row. */
export const decodeWindowClocks = (bytes: Bytes): WindowClocks => {
  const [closed, newest, farthest, ...observed] = decodeNumbers(bytes) as [number, number, number, ...number[]];
  return { observed, closed, newest, farthest };
};
