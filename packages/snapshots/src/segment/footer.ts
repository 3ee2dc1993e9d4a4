import { ByteReader, type Bytes, crc32c } from '@kstreams/core/graph';
import { type BlockEntry, deflate, inflate } from './block.js';
import { ByteWriter } from './byte-writer.js';

/** The length of the end of each segment: the place of its index, and the name of the format. */
export const footerLength = 24;

/** "KSEG" and the version of the format. */
const magic = 0x4b53_4547;
const version = 1;

/** The index of a segment, as stored. */
interface StoredIndex extends BlockEntry {
  readonly blocks: number;
}

/** Returns the compressed index of blocks that follow each other from the start of a segment, and the footer behind it. */
export const encodeIndex = async (blocks: readonly BlockEntry[], offset: number): Promise<readonly [Bytes, Bytes]> => {
  const index = new ByteWriter(16 * blocks.length);
  for (const { checksum, length, plain } of blocks) {
    index.number(length);
    index.number(plain);
    index.number(checksum);
  }
  const plain = index.length;
  const stored = await deflate(index.take());
  const footer = new Uint8Array(footerLength);
  const view = new DataView(footer.buffer);
  const fields = [offset, stored.length, plain, crc32c(stored), blocks.length];
  for (const [i, field] of fields.entries()) view.setUint32(4 * i, field);
  view.setUint32(20, magic + version);
  return [stored, footer];
};

/** Reads the footer of a segment of `size` bytes. */
export const decodeFooter = (footer: Bytes, size: number): StoredIndex => {
  if (footer.length !== footerLength) throw new Error('it is shorter than a segment');
  const view = new DataView(footer.buffer, footer.byteOffset);
  if (view.getUint32(20) !== magic + version) throw new Error('it is no segment of this version');
  const [offset, length, plain, checksum, blocks] = [0, 4, 8, 12, 16].map((at) => view.getUint32(at)) as [
    number,
    number,
    number,
    number,
    number,
  ];
  if (offset + length + footerLength !== size) throw new Error('its length differs');
  return { offset, length, plain, checksum, blocks };
};

/** Returns the blocks of a stored index. */
export const decodeIndex = (stored: Bytes, index: StoredIndex): readonly BlockEntry[] => {
  const reader = new ByteReader(inflate(stored, index));
  let offset = 0;
  return Array.from({ length: index.blocks }, () => {
    const block = { offset, length: reader.varint(), plain: reader.varint(), checksum: reader.varint() };
    offset += block.length;
    return block;
  });
};
