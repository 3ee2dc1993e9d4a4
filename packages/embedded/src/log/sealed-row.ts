import { type Bytes, crc32c } from '@kstreams/core/graph';

const sealLength = 4;

/** Returns the stored form of a row: its bytes and a checksum of its key and bytes. */
export const seal = (key: Bytes, row: Bytes): Bytes => {
  const sealed = new Uint8Array(row.length + sealLength);
  sealed.set(row);
  new DataView(sealed.buffer).setUint32(row.length, checksum(key, row));
  return sealed;
};

/** Returns the row in a stored form; `undefined` when the row or its key is not as it was written. */
export const unseal = (key: Bytes, sealed: Bytes): Bytes | undefined => {
  const length = sealed.length - sealLength;
  if (length < 0) return undefined;
  const row = sealed.subarray(0, length);
  const stored = new DataView(sealed.buffer, sealed.byteOffset + length).getUint32(0);
  return stored === checksum(key, row) ? row : undefined;
};

/** Returns the checksum of a key and its row: an unsigned 32-bit number. */
export const checksum = (key: Bytes, row: Bytes): number => crc32c(row, crc32c(key));
