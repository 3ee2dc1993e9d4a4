import {
  type Bytes,
  concatBytes,
  encodeTimestamp,
  readTimestamp,
  timestampLength,
  writeTimestamp,
} from '@kstreams/core/graph';
import type { WindowKey } from '@kstreams/core/state';

/** The bound of a window that orders its row in the store and decides when it expires. */
export type WindowOrder = 'start' | 'end';

/** The first byte of the row keys of windows. The row of the clocks begins with a smaller one, the index with a larger one. */
const windowTag = 1;
const headLength = 1 + 2 * timestampLength;

/** The row key of a window store's clocks. */
export const windowClocksKey: Bytes = Uint8Array.of(0);

/** Encodes the row key of a window: tag, position, the other bound, key. Rows are thus in the order of time. */
export const encodeWindowPlace = (position: number, other: number, key: Bytes): Bytes => {
  const bytes = new Uint8Array(headLength + key.length);
  bytes[0] = windowTag;
  writeTimestamp(bytes, 1, position);
  writeTimestamp(bytes, 1 + timestampLength, other);
  bytes.set(key, headLength);
  return bytes;
};

/** Encodes the row key of a window from its bounds. */
export const encodeWindowKey = (start: number, end: number, key: Bytes, by: WindowOrder = 'start'): Bytes =>
  by === 'start' ? encodeWindowPlace(start, end, key) : encodeWindowPlace(end, start, key);

/** Decodes the row key of a window; returns `undefined` for other rows of the store: its clocks, its index. */
export const decodeWindowKey = (bytes: Bytes, by: WindowOrder = 'start'): WindowKey<Bytes> | undefined => {
  if (bytes[0] !== windowTag) return undefined;
  const [first, second] = [readTimestamp(bytes, 1), readTimestamp(bytes, 1 + timestampLength)];
  const key = bytes.subarray(headLength);
  return by === 'start' ? { key, start: first, end: second } : { key, start: second, end: first };
};

/** Returns the range of row keys of windows with the ordering bound in `[from, to)`; all later ones without `to`. */
export const windowsBetween = (from: number | undefined, to: number | undefined): readonly [from: Bytes, to: Bytes] => [
  windowPrefix(from),
  to === undefined ? afterWindows : windowPrefix(to),
];

const afterWindows: Bytes = Uint8Array.of(windowTag + 1);
const windowPrefix = (instant: number | undefined): Bytes =>
  instant === undefined ? Uint8Array.of(windowTag) : concatBytes(Uint8Array.of(windowTag), encodeTimestamp(instant));
