import type { Bytes, StoreAccess } from '@kstreams/core/graph';
import { decodeNumbers, encodeNumbers, SoleRow } from '@kstreams/core/state';
import { windowClocksKey } from './window-row-key.js';

/** The clocks of a windowed operator, kept as a row of its store, so that a restart goes on with them. */
export interface WindowClocks {
  /** The largest timestamp seen by each of the operator's inputs that has a time of its own. */
  readonly observed: readonly number[];
  /** Up to which end windows have been emitted as closed. */
  readonly closed: number;
  /** The latest place of a window, behind which windows leave the store. */
  readonly newest: number;
  /** The latest place of any window, also of records that came ahead of their turn: up to there windows are found. */
  readonly farthest: number;
}

/** The clocks before the first record. */
export const windowsBeginning: WindowClocks = {
  observed: [],
  closed: Number.NEGATIVE_INFINITY,
  newest: Number.NEGATIVE_INFINITY,
  farthest: Number.NEGATIVE_INFINITY,
};

/** What an input has seen before its first record. */
export const nothingObserved = -1;

/** The row of a window store's clocks. */
export const windowClocksRow = (access: StoreAccess): SoleRow<WindowClocks> =>
  new SoleRow(
    {
      key: windowClocksKey,
      beginning: windowsBeginning,
      encode: ({ observed, closed, newest, farthest }) => encodeNumbers([closed, newest, farthest, ...observed]),
      decode: decodeWindowClocks,
      timestamp: ({ observed }) => Math.max(0, ...observed),
    },
    access,
  );

/** The clocks of a row's value. */
export const decodeWindowClocks = (bytes: Bytes): WindowClocks => {
  const [closed, newest, farthest, ...observed] = decodeNumbers(bytes) as [number, number, number, ...number[]];
  return { observed, closed, newest, farthest };
};
