/**
 * The format of LevelDB's tables: blocks, then a footer. A block ends in its type (1 byte, 1 for Snappy) and a masked CRC-32C
 * of both (4). The footer has the positions of an index of other blocks and of the index of data blocks, and a number. An
 * index has entries of a shared and a new part of a key and a position, then offsets of entries, and their number.
 */
import { ByteReader, type Bytes } from '@kstreams/core/graph';
import { maskedCrc } from './masked-crc.js';
import { uncompress } from './snappy.js';

const footerLength = 48;
/** The last bytes of a whole table. */
const magic = Uint8Array.of(0x57, 0xfb, 0x80, 0x8b, 0x24, 0x75, 0x47, 0xdb);
const trailerLength = 5;

/** The place of a block, in bytes, without its type and checksum. */
interface BlockPosition {
  readonly offset: number;
  readonly length: number;
}

/**
 * Returns the position of the first damaged block of a table; `undefined` without one. A table without its footer is one that
 * a crash has cut off: LevelDB never uses it, or refuses it by its footer.
 */
export const findDamagedBlock = (table: Bytes): number | undefined => {
  const footer = table.subarray(-footerLength);
  if (footer.length < footerLength || !magic.every((byte, at) => footer[footerLength - magic.length + at] === byte))
    return undefined;
  try {
    const reader = new ByteReader(footer);
    return damageBehind(table, positionIn(reader)) ?? damageBehind(table, positionIn(reader));
  } catch (thrown) {
    // Blocks are read once their checksums fit, so only the footer has no meaning.
    if (thrown instanceof RangeError) return table.length - footerLength;
    throw thrown;
  }
};

/** Returns the position of the first damage of an index and its blocks. */
const damageBehind = (table: Bytes, index: BlockPosition): number | undefined => {
  const entries = blockAt(table, index);
  if (entries === undefined) return index.offset;
  for (const position of positionsIn(entries)) {
    if (checkedBlock(table, position) === undefined) return position.offset;
  }
  return undefined;
};

/** Returns a block with its type, or `undefined` for damage. */
const checkedBlock = (table: Bytes, { length, offset }: BlockPosition): Bytes | undefined => {
  const end = offset + length + trailerLength;
  if (end > table.length - footerLength) return undefined;
  const typed = table.subarray(offset, end - 4);
  const stored = new ByteReader(table.subarray(end - 4, end)).uint(4);
  return maskedCrc(typed) === stored ? typed : undefined;
};

/** Returns a block as it was before it was compressed, or `undefined` for damage. */
const blockAt = (table: Bytes, position: BlockPosition): Bytes | undefined => {
  const typed = checkedBlock(table, position);
  if (typed === undefined) return undefined;
  const block = typed.subarray(0, -1);
  return typed.at(-1) === 1 ? uncompress(block) : block;
};

/** Returns the positions in the entries of an index. */
function* positionsIn(index: Bytes): Generator<BlockPosition> {
  const restarts = new ByteReader(index.subarray(-4)).uint(4);
  const reader = new ByteReader(index.subarray(0, index.length - 4 * (restarts + 1)));
  while (!reader.done) {
    reader.varint();
    const [added, length] = [reader.varint(), reader.varint()];
    reader.take(added);
    yield positionIn(new ByteReader(reader.take(length)));
  }
}

const positionIn = (reader: ByteReader): BlockPosition => ({ offset: reader.varint(), length: reader.varint() });
