import type { Bytes } from './bytes.js';

/** The length of the timestamp before the encoded value. A changelog record has both as its timestamp and value. */
const timestampLength = 8;

/** Encodes a row. */
export const encodeRow = (value: Bytes, timestamp: number): Bytes => {
  const row = new Uint8Array(timestampLength + value.length);
  new DataView(row.buffer).setFloat64(0, timestamp);
  row.set(value, timestampLength);
  return row;
};

/** Returns the timestamp of an encoded row. */
export const rowTimestamp = (row: Bytes): number => new DataView(row.buffer, row.byteOffset).getFloat64(0);

/** Returns the encoded value of an encoded row, without a copy. */
export const rowValue = (row: Bytes): Bytes => row.subarray(timestampLength);
