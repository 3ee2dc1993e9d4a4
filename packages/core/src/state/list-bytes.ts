import { type Bytes, checkedBytes } from '../graph/bytes.js';

/** Returns the length of an encoded list. */
export const listLength = (items: readonly Bytes[]): number =>
  items.reduce((length, item) => length + 4 + checkedBytes(item).length, 0);

/** Encodes a list of byte strings, each after its length. */
export const encodeList = (items: readonly Bytes[]): Bytes => {
  const bytes = new Uint8Array(listLength(items));
  const view = new DataView(bytes.buffer);
  let to = 0;
  for (const item of items) {
    view.setUint32(to, item.length);
    bytes.set(item, to + 4);
    to += 4 + item.length;
  }
  return bytes;
};

/** Decodes the bytes of {@link encodeList}. */
export const decodeList = (bytes: Bytes): Bytes[] => {
  const items: Bytes[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let from = 0; from < bytes.length; ) {
    const end = from + 4 + view.getUint32(from);
    items.push(bytes.subarray(from + 4, end));
    from = end;
  }
  return items;
};

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
