import {
  type Bytes,
  concatBytes,
  equalBytes,
  type RowRange,
  rowTimestamp,
  rowValue,
  type Serde,
  type StoreReader,
  toUtf8,
} from '@kstreams/core/graph';
import type { WindowKey } from '@kstreams/core/state';
import { decodeWindowKey, encodeWindowKey, type WindowOrder, windowsBetween } from './window-row-key.js';

/** Returns the reader of a window store. */
export const windowReader = <K, V>(key: Serde<K>, value: Serde<V>, by: WindowOrder): StoreReader<WindowKey<K>, V> => ({
  encodeKey: ({ key: inner, start, end }, at) => encodeWindowKey(start, end, key.encode(inner, at), by),
  decodeKey: (rowKey, at) => {
    const window = decodeWindowKey(rowKey, by);
    return window && { ...window, key: key.decode(window.key, at) };
  },
  partitionKey: (window, at) => key.encode(window.key, at),
  rowName: (rowKey) => {
    const window = decodeWindowKey(rowKey, by);
    return window && concatBytes(window.key, toUtf8(`@${window.start}-${window.end}`));
  },
  decodeRow: (row, at) => ({ value: value.decode(rowValue(row), at), timestamp: rowTimestamp(row) }),
  windows: (inner, from, to, at) =>
    windowsOf(key.encode(inner as K, at), wholeMs(from, Math.ceil), wholeMs(to, Math.floor), by),
});

/** Returns the rows of a key's windows that start from `from` to `to`, both included. */
const windowsOf = (key: Bytes, from: number, to: number, by: WindowOrder): RowRange => {
  // A window does not end before it starts, so that rows by end begin where those by start do.
  const [first, end] = windowsBetween(from, by === 'start' ? to + 1 : undefined);
  return {
    from: first,
    to: end,
    includes: (rowKey) => {
      const window = decodeWindowKey(rowKey, by);
      return window !== undefined && window.start >= from && window.start <= to && equalBytes(window.key, key);
    },
  };
};

/** Rounds an instant to whole ms, within what can be encoded. */
const wholeMs = (instant: number, round: (instant: number) => number): number =>
  Math.min(Math.max(round(instant), Number.MIN_SAFE_INTEGER), Number.MAX_SAFE_INTEGER - 1);
