import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { ByteReader, type Bytes, crc32c, equalBytes, plainBytes } from '@kstreams/core/graph';
import type { ByteWriter } from './byte-writer.js';

/** A row of a segment; a value of `undefined` deletes the row of older segments. */
export type SegmentRow = readonly [key: Bytes, value: Bytes | undefined];

/** A block in a segment. */
export interface BlockEntry {
  readonly offset: number;
  /** The stored length, in bytes. */
  readonly length: number;
  /** The length before compression, in bytes. */
  readonly plain: number;
  /** The CRC-32C of the stored bytes. */
  readonly checksum: number;
}

/** Fast rather than small. The window is as long as a block, since clearing a longer one costs more than the bytes it saves. */
export const compression = { level: 1, windowBits: 14, memLevel: 7 } as const;

/** Compresses bytes at once. Calls in the thread pool take a third more processor time. */
export const deflate = (bytes: Bytes): Bytes => plainBytes(deflateRawSync(bytes, compression));

/**
 * Decompresses the stored bytes of a block, at once as well.
 *
 * @throws Error when they are not as they were written.
 */
export const inflate = (stored: Bytes, { checksum, length, plain }: Omit<BlockEntry, 'offset'>): Bytes => {
  if (stored.length !== length || crc32c(stored) !== checksum) throw new Error('the checksum of a block differs');
  return plainBytes(inflateRawSync(stored, { maxOutputLength: Math.max(plain, 1) }));
};

/** Appends a row to a block. A value has its length plus one before it; a delete has a zero. */
export const writeRow = (block: ByteWriter, [key, value]: SegmentRow): void => {
  block.number(key.length);
  block.bytes(key);
  block.number(value === undefined ? 0 : value.length + 1);
  if (value !== undefined) block.bytes(value);
};

/** Returns the rows of a block, as parts of its bytes. */
export const rowsOf = (block: Bytes): readonly SegmentRow[] => {
  const reader = new ByteReader(block);
  const rows: SegmentRow[] = [];
  while (!reader.done) {
    const key = reader.take(reader.varint());
    const length = reader.varint();
    rows.push([key, length === 0 ? undefined : reader.take(length - 1)]);
  }
  return rows;
};

/** Returns the row of a key in a block: `undefined` for a deleted one, and `none` where the block has none. */
export const findRow = (block: Bytes, key: Bytes): Bytes | undefined | 'none' => {
  const reader = new ByteReader(block);
  while (!reader.done) {
    const isFound = equalBytes(reader.take(reader.varint()), key);
    const length = reader.varint();
    const value = length === 0 ? undefined : reader.take(length - 1);
    // A copy does not keep the block in memory.
    if (isFound) return value?.slice();
  }
  return 'none';
};
