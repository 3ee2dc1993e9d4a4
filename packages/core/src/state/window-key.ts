import { type Bytes, concatBytes } from '../graph/bytes.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../graph/ordered.js';

/** A key in a window: from `start` to before `end`, in ms; a session and a sliding window also hold their `end`. */
export interface WindowKey<K> {
  readonly key: K;
  readonly start: number;
  readonly end: number;
}

/** By which of its bounds a window has its place in a store: in what order rows lie, and when they leave. */
export type WindowOrder = 'start' | 'end';

/** The first byte of every window's row; the row of the clocks has another, which is before it. */
const windowTag = 1;
const headLength = 1 + 2 * timestampLength;

/** The key under which a window store keeps its clocks. */
export const windowClocksKey: Bytes = Uint8Array.of(0);

/** The bytes of a window's row key: tag, the bound that orders, the other bound, key. Rows are thus in the order of time. */
export const encodeWindowKey = (start: number, end: number, key: Bytes, by: WindowOrder = 'start'): Bytes => {
  const bytes = new Uint8Array(headLength + key.length);
  bytes[0] = windowTag;
  writeTimestamp(bytes, 1, by === 'start' ? start : end);
  writeTimestamp(bytes, 1 + timestampLength, by === 'start' ? end : start);
  bytes.set(key, headLength);
  return bytes;
};

/** The parts of a row's key, or `undefined` when the row is another one of the store: its clocks, its index. */
export const decodeWindowKey = (bytes: Bytes, by: WindowOrder = 'start'): WindowKey<Bytes> | undefined => {
  if (bytes[0] !== windowTag) return undefined;
  const [first, second] = [readTimestamp(bytes, 1), readTimestamp(bytes, 1 + timestampLength)];
  const key = bytes.subarray(headLength);
  return by === 'start' ? { key, start: first, end: second } : { key, start: second, end: first };
};

/** The range of the rows of all windows whose place is before an instant. */
export const windowsBefore = (instant: number): readonly [from: Bytes, to: Bytes] => [
  Uint8Array.of(windowTag),
  concatBytes(Uint8Array.of(windowTag), encodeTimestamp(instant)),
];
