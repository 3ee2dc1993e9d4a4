import type { Bytes } from './bytes.js';

/** The length of an encoded timestamp: big-endian with an inverted sign bit, so that byte order is the order of time. */
export const timestampLength = 8;

/** Encodes an instant in whole ms as eight ordered bytes. */
export const encodeTimestamp = (timestamp: number): Bytes => {
  const bytes = new Uint8Array(timestampLength);
  writeTimestamp(bytes, 0, timestamp);
  return bytes;
};

/** Writes the eight bytes of an instant at a position. */
export const writeTimestamp = (into: Bytes, at: number, timestamp: number): void => {
  if (!Number.isSafeInteger(timestamp)) throw new RangeError(`${timestamp} is not a timestamp in whole milliseconds`);
  const high = Math.floor(timestamp / 2 ** 32) ^ 0x80000000;
  const low = timestamp >>> 0;
  // Written byte by byte: a `DataView` per timestamp is ten times slower.
  into[at] = high >>> 24;
  into[at + 1] = high >>> 16;
  into[at + 2] = high >>> 8;
  into[at + 3] = high;
  into[at + 4] = low >>> 24;
  into[at + 5] = low >>> 16;
  into[at + 6] = low >>> 8;
  into[at + 7] = low;
};

/** Reads the instant at a position. */
export const readTimestamp = (from: Bytes, at = 0): number =>
  (readInt32(from, at) ^ 0x80000000) * 2 ** 32 + (readInt32(from, at + 4) >>> 0);

const readInt32 = (from: Bytes, at: number): number =>
  ((from[at] as number) << 24) |
  ((from[at + 1] as number) << 16) |
  ((from[at + 2] as number) << 8) |
  (from[at + 3] as number);
