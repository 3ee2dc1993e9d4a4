import type { Bytes } from '../graph/bytes.js';

/** Encodes numbers as eight bytes each. */
export const encodeNumbers = (numbers: readonly number[]): Bytes => {
  const bytes = new Uint8Array(8 * numbers.length);
  const view = new DataView(bytes.buffer);
  numbers.forEach((number, i) => {
    view.setFloat64(8 * i, number);
  });
  return bytes;
};

/** Decodes the bytes of {@link encodeNumbers}. */
export const decodeNumbers = (bytes: Bytes): number[] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  return Array.from({ length: bytes.length / 8 }, (_, i) => view.getFloat64(8 * i));
};
