import type { Bytes } from '../graph/bytes.js';

/** The bytes of a list, each of its items behind its length. */
export const encodeList = (items: readonly Bytes[]): Bytes => {
  const bytes = new Uint8Array(items.reduce((length, item) => length + 4 + item.length, 0));
  const view = new DataView(bytes.buffer);
  let to = 0;
  for (const item of items) {
    view.setUint32(to, item.length);
    bytes.set(item, to + 4);
    to += 4 + item.length;
  }
  return bytes;
};

/** The items of bytes that {@link encodeList} made. */
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
