import type { Bytes } from './bytes.js';

/**
 * Timestamps as eight bytes whose unsigned order is the order of time, also before 1970: big-endian with the sign bit
 * turned.
 */
export const timestampLength = 8;

/** The instant, in whole ms, as eight ordered bytes. */
export const encodeTimestamp = (timestamp: number): Bytes => {
  const bytes = new Uint8Array(timestampLength);
  writeTimestamp(bytes, 0, timestamp);
  return bytes;
};

/** Writes the eight bytes of an instant into others. */
export const writeTimestamp = (into: Bytes, at: number, timestamp: number): void => {
  if (!Number.isSafeInteger(timestamp)) throw new RangeError(`${timestamp} is not a timestamp in whole milliseconds`);
  const view = new DataView(into.buffer, into.byteOffset);
  view.setInt32(at, Math.floor(timestamp / 2 ** 32) ^ 0x80000000);
  view.setUint32(at + 4, timestamp >>> 0);
};

/** The instant that was written at `at`. */
export const readTimestamp = (from: Bytes, at = 0): number => {
  const view = new DataView(from.buffer, from.byteOffset);
  return (view.getInt32(at) ^ 0x80000000) * 2 ** 32 + view.getUint32(at + 4);
};
