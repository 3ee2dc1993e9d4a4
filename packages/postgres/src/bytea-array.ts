import type { Bytes } from '@kstreams/core/graph';

/** The length of the header: number of dimensions, flags, type of the items, number of items, and the first index. */
const headerLength = 20;

/** The id of the type `bytea`. */
const bytea = 17;

/**
 * Returns byte strings as a `bytea[]` in the binary form of PostgreSQL. The client sends a buffer as it is, while it writes a
 * list as text.
 */
export const byteaArray = (items: readonly Bytes[]): Buffer => {
  if (items.length === 0) return Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, bytea]);
  let length = headerLength;
  for (const item of items) length += 4 + item.length;
  const array = Buffer.allocUnsafe(length);
  let at = 0;
  for (const part of [1, 0, bytea, items.length, 1]) at = array.writeInt32BE(part, at);
  for (const item of items) {
    at = array.writeInt32BE(item.length, at);
    array.set(item, at);
    at += item.length;
  }
  return array;
};
