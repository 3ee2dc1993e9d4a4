import { type Bytes, bytesToId, type Clock, concatBytes, crc32c, yieldToEventLoop } from '@kstreams/core/graph';
import { type SegmentRow, writeRow } from './block.js';
import type { BlockCompressor } from './block-compressor.js';
import { bloomFilter, hashOf } from './bloom-filter.js';
import { ByteWriter } from './byte-writer.js';
import { encodeTail, type IndexedBlock } from './footer.js';

/** The sizes of the parts of segments, in bytes. */
export interface SegmentSizes {
  /** The size at which a block ends, before compression. */
  readonly block: number;
  /** The size at which a segment ends, compressed. */
  readonly segment: number;
  /** The size of the parts that are read at a time when all rows are read. */
  readonly range: number;
}

/** 16 KiB a block, 32 MiB a segment, 4 MiB a read. */
export const segmentSizes: SegmentSizes = { block: 16 * 1_024, segment: 32 * 1_024 ** 2, range: 4 * 1_024 ** 2 };

/** A segment to store. */
export interface Segment {
  readonly bytes: Bytes;
  /** The length of its end: all but its blocks. */
  readonly tail: number;
  /** The ids of its first and last key. */
  readonly first: string;
  readonly last: string;
}

/** The number of blocks that are filled in one turn of the event loop. */
const blocksAtOnce = 16;

/** The bytes of the blocks that are compressed at a time, as a share of a segment: it is that much longer at most. */
const batchShare = 1 / 32;

/** The parts of what writes segments. */
export interface SegmentWriting {
  readonly clock: Clock;
  readonly compressor: BlockCompressor;
  readonly sizes?: SegmentSizes;
}

/**
 * Returns rows in segments, one at a time: compressed blocks of rows, an index of the blocks, a Bloom filter of the keys with
 * 10 bits a key, and a footer. Rows come many at a time, and must be in the order of their keys, each key once.
 */
export async function* writeSegments(
  rows: AsyncIterable<readonly SegmentRow[]> | Iterable<readonly SegmentRow[]>,
  { clock, compressor, sizes = segmentSizes }: SegmentWriting,
): AsyncGenerator<Segment, void, undefined> {
  const block = new ByteWriter(2 * sizes.block);
  const batch = batchShare * sizes.segment;
  let segment = new SegmentParts(compressor);
  for await (const some of rows) {
    for (const row of some) {
      segment.begin(row[0]);
      writeRow(block, row);
      if (block.length < sizes.block) continue;
      segment.add(block.take());
      if (segment.blocks % blocksAtOnce === 0) await yieldToEventLoop(clock);
      if (segment.waiting >= batch) await segment.compress();
      if (segment.length < sizes.segment) continue;
      yield segment.finish();
      segment = new SegmentParts(compressor);
    }
  }
  if (block.length > 0) segment.add(block.take());
  await segment.compress();
  if (segment.length > 0) yield segment.finish();
}

/** A block that is not compressed yet. */
interface PlainBlock {
  readonly bytes: Bytes;
  readonly first: Bytes;
}

class SegmentParts {
  readonly #compressor: BlockCompressor;
  readonly #parts: Bytes[] = [];
  readonly #blocks: IndexedBlock[] = [];
  readonly #hashes: number[] = [];
  #plain: PlainBlock[] = [];
  #waiting = 0;
  #length = 0;
  /** The first key of the block that is being filled. */
  #first: Bytes | undefined;
  #last: Bytes | undefined;

  constructor(compressor: BlockCompressor) {
    this.#compressor = compressor;
  }

  /** The length of the compressed blocks, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** The length of the blocks that are not compressed yet, in bytes. */
  get waiting(): number {
    return this.#waiting;
  }

  /** The number of blocks. */
  get blocks(): number {
    return this.#blocks.length + this.#plain.length;
  }

  /** Adds the key of the next row of a block. */
  begin(key: Bytes): void {
    this.#first ??= key;
    this.#last = key;
    this.#hashes.push(hashOf(key));
  }

  /** Ends a block. */
  add(bytes: Bytes): void {
    this.#plain.push({ bytes, first: this.#first as Bytes });
    this.#waiting += bytes.length;
    this.#first = undefined;
  }

  /** Compresses the blocks that are not yet. */
  async compress(): Promise<void> {
    const plain = this.#plain;
    this.#plain = [];
    this.#waiting = 0;
    const compressed = await this.#compressor.compress(plain.map(({ bytes }) => bytes));
    for (const [i, { bytes, first }] of plain.entries()) {
      const stored = compressed[i] as Bytes;
      const { length } = stored;
      this.#blocks.push({ offset: this.#length, length, plain: bytes.length, checksum: crc32c(stored), first });
      this.#parts.push(stored);
      this.#length += length;
    }
  }

  finish(): Segment {
    const tail = encodeTail(this.#blocks, this.#length, bloomFilter(this.#hashes));
    const bytes = concatBytes(...this.#parts, ...tail);
    const [{ first }] = this.#blocks as [IndexedBlock];
    return { bytes, tail: bytes.length - this.#length, first: bytesToId(first), last: bytesToId(this.#last as Bytes) };
  }
}
