import type { Bytes } from './bytes.js';

/** Tables for eight bytes at a time, one after the other: eight times faster than byte by byte. */
const tables = new Int32Array(8 * 256);
for (let byte = 0; byte < 256; byte++) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  tables[byte] = crc;
}
for (let at = 256; at < tables.length; at++) {
  const before = tables[at - 256] as number;
  tables[at] = (before >>> 8) ^ (tables[before & 0xff] as number);
}

const table = (number: number, byte: number): number => tables[256 * number + (byte & 0xff)] as number;

/**
 * Returns the CRC-32C (Castagnoli) of bytes, as LevelDB and Kafka use it: an unsigned 32-bit number. With `before`, the
 * checksum of earlier bytes, it is that of both one after the other.
 */
export const crc32c = (bytes: Bytes, before = 0): number => {
  let crc = ~before;
  let at = 0;
  for (const last = bytes.length - 8; at <= last; at += 8) {
    crc =
      table(7, crc ^ (bytes[at] as number)) ^
      table(6, (crc >>> 8) ^ (bytes[at + 1] as number)) ^
      table(5, (crc >>> 16) ^ (bytes[at + 2] as number)) ^
      table(4, (crc >>> 24) ^ (bytes[at + 3] as number)) ^
      table(3, bytes[at + 4] as number) ^
      table(2, bytes[at + 5] as number) ^
      table(1, bytes[at + 6] as number) ^
      table(0, bytes[at + 7] as number);
  }
  for (; at < bytes.length; at++) crc = table(0, crc ^ (bytes[at] as number)) ^ (crc >>> 8);
  return ~crc >>> 0;
};
