import { ByteReader, type Bytes, bytesToId, crc32c } from '@kstreams/core/graph';
import { type BlockEntry, deflate, inflate } from './block.js';
import { ByteWriter } from './byte-writer.js';

/** The length of the end of each segment: the places of its index and its filter, and the name of the format. */
const footerLength = 32;

/** "KSEG" and the version of the format. */
const magic = 0x4b53_4547;
const version = 1;

/** A block in a segment, with its first key. */
export interface IndexedBlock extends BlockEntry {
  readonly first: Bytes;
}

/** The end of a segment: what it has, and where. */
export interface SegmentIndex {
  readonly blocks: readonly (BlockEntry & {
    /** The id of the first key. */
    readonly first: string;
  })[];
  /** The Bloom filter of its keys. */
  readonly filter: Bytes;
}

/** Returns the parts behind the blocks of a segment: its index, compressed, its filter and a footer. */
export const encodeTail = (blocks: readonly IndexedBlock[], offset: number, filter: Bytes): readonly Bytes[] => {
  const index = new ByteWriter(64 * blocks.length);
  for (const { checksum, first, length, plain } of blocks) {
    index.number(length);
    index.number(plain);
    index.number(checksum);
    index.number(first.length);
    index.bytes(first);
  }
  const plain = index.length;
  const stored = deflate(index.take());
  const footer = new Uint8Array(footerLength);
  const view = new DataView(footer.buffer);
  const fields = [offset, stored.length, plain, crc32c(stored), blocks.length, filter.length, crc32c(filter)];
  for (const [i, field] of fields.entries()) view.setUint32(4 * i, field);
  view.setUint32(28, magic + version);
  return [stored, filter, footer];
};

/**
 * Reads the tail of a segment of `size` bytes.
 *
 * @throws Error when it is not as it was written.
 */
export const decodeTail = (tail: Bytes, size: number): SegmentIndex => {
  if (tail.length < footerLength) throw new Error('it is shorter than a segment');
  const footer = tail.length - footerLength;
  const view = new DataView(tail.buffer, tail.byteOffset + footer);
  if (view.getUint32(28) !== magic + version) throw new Error('it is no segment of this version');
  const field = (at: number): number => view.getUint32(4 * at);
  const [offset, length, filterLength] = [field(0), field(1), field(5)];
  if (offset + tail.length !== size || length + filterLength !== footer) throw new Error('its length differs');
  const filter = tail.slice(length, footer);
  if (crc32c(filter) !== field(6)) throw new Error('the checksum of its filter differs');
  const stored = tail.subarray(0, length);
  return { blocks: decodeBlocks(inflate(stored, { length, plain: field(2), checksum: field(3) }), field(4)), filter };
};

const decodeBlocks = (index: Bytes, count: number): SegmentIndex['blocks'] => {
  const reader = new ByteReader(index);
  let offset = 0;
  return Array.from({ length: count }, () => {
    const block = { offset, length: reader.varint(), plain: reader.varint(), checksum: reader.varint() };
    offset += block.length;
    return { ...block, first: bytesToId(reader.take(reader.varint())) };
  });
};
