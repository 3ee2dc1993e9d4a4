import type { Bytes } from './bytes.js';

/**
 * How a row lies in a backend: its timestamp as eight bytes, big-endian, then the encoded value. A changelog record
 * carries the same two things as its timestamp and its value.
 */
const timestampLength = 8;

/** The bytes of a row. */
export const encodeRow = (value: Bytes, timestamp: number): Bytes => {
  const row = new Uint8Array(timestampLength + value.length);
  new DataView(row.buffer).setFloat64(0, timestamp);
  row.set(value, timestampLength);
  return row;
};

/** The timestamp of a row. */
export const rowTimestamp = (row: Bytes): number => new DataView(row.buffer, row.byteOffset).getFloat64(0);

/** The encoded value of a row; shares the row's memory. */
export const rowValue = (row: Bytes): Bytes => row.subarray(timestampLength);
