import type { Bytes } from './bytes.js';

/** The length of the timestamp before the encoded value. A changelog record has both as its timestamp and value. */
const timestampLength = 8;

/** Arrays of at most this length lie in V8's heap, until their buffer is read, which a view of them does. */
const shortLength = 64;

/** The memory in which timestamps are encoded and decoded, so that no row needs a view. */
const timestampBytes = new Uint8Array(timestampLength);
const timestampView = new DataView(timestampBytes.buffer);

/** Encodes a row. */
export const encodeRow = (value: Bytes, timestamp: number): Bytes => {
  const row = new Uint8Array(timestampLength + value.length);
  timestampView.setFloat64(0, timestamp);
  row.set(timestampBytes);
  row.set(value, timestampLength);
  return row;
};

/** Returns the timestamp of an encoded row. */
export const rowTimestamp = (row: Bytes): number => {
  for (let i = 0; i < timestampLength; i++) timestampBytes[i] = row[i] as number;
  return timestampView.getFloat64(0);
};

/** Returns the encoded value of an encoded row, without a copy unless it is short. */
export const rowValue = (row: Bytes): Bytes =>
  row.length > shortLength ? row.subarray(timestampLength) : row.slice(timestampLength);
