import { type Bytes, concatBytes } from '../bytes.js';
import { encodeTimestamp, readTimestamp, timestampLength, writeTimestamp } from '../ordered.js';

/** A key in a window: from `start` to before `end`, in ms. */
export interface WindowKey<K> {
  readonly key: K;
  readonly start: number;
  readonly end: number;
}

/** The first byte of every window's row; the row of the clocks has another, which is before it. */
const windowTag = 1;
const headLength = 1 + 2 * timestampLength;

/** The key under which a window store keeps its clocks. */
export const windowClocksKey: Bytes = Uint8Array.of(0);

/** The bytes of a window's row key: tag, start, end, key. Rows are thus in the order of time. */
export const encodeWindowKey = (start: number, end: number, key: Bytes): Bytes => {
  const bytes = new Uint8Array(headLength + key.length);
  bytes[0] = windowTag;
  writeTimestamp(bytes, 1, start);
  writeTimestamp(bytes, 1 + timestampLength, end);
  bytes.set(key, headLength);
  return bytes;
};

/** The parts of a row's key, or `undefined` when the row is that of the clocks. */
export const decodeWindowKey = (bytes: Bytes): WindowKey<Bytes> | undefined => {
  if (bytes[0] !== windowTag) return undefined;
  return {
    key: bytes.subarray(headLength),
    start: readTimestamp(bytes, 1),
    end: readTimestamp(bytes, 1 + timestampLength),
  };
};

/** The range of the rows of all windows that begin before an instant. */
export const windowsBefore = (start: number): readonly [from: Bytes, to: Bytes] => [
  Uint8Array.of(windowTag),
  concatBytes(Uint8Array.of(windowTag), encodeTimestamp(start)),
];
