import { type Bytes, crc32c } from '@kstreams/core/graph';

/**
 * Returns the checksum of bytes as LevelDB stores it. It rotates CRC-32C, so that the checksum of bytes with stored checksums
 * stays useful.
 */
export const maskedCrc = (bytes: Bytes): number => {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
};
