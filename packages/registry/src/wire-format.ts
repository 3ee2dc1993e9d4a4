import { allocateBytes, type Bytes } from '@kstreams/core/graph';

/** The bytes before a payload: a zero and the id of its schema in 4 bytes, big-endian. */
const prefixLength = 5;

/** Returns a payload behind the id of its schema. */
export const framed = (id: number, payload: Bytes): Bytes => {
  const bytes = allocateBytes(prefixLength + payload.length);
  bytes[1] = id >>> 24;
  bytes[2] = id >>> 16;
  bytes[3] = id >>> 8;
  bytes[4] = id;
  bytes.set(payload, prefixLength);
  return bytes;
};

/**
 * Returns the id of the schema of framed bytes.
 *
 * @throws TypeError when the bytes do not begin with an id.
 */
export const schemaIdOf = (bytes: Bytes): number => {
  if (bytes[0] !== 0 || bytes.length < prefixLength) {
    throw new TypeError('the bytes have no id of a schema: they were written without a schema registry');
  }
  const [, a = 0, b = 0, c = 0, d = 0] = bytes;
  return ((a << 24) | (b << 16) | (c << 8) | d) >>> 0;
};

/** Returns the payload of framed bytes, which shares their memory. */
export const payloadOf = (bytes: Bytes): Bytes => bytes.subarray(prefixLength);
