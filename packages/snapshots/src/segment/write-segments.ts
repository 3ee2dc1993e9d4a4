import { type Bytes, bytesToId, type Clock, concatBytes, crc32c, yieldToEventLoop } from '@kstreams/core/graph';
import { deflate, type SegmentRow, writeRow } from './block.js';
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

/** The number of blocks that are compressed in one turn of the event loop. */
const blocksAtOnce = 16;

/**
 * Returns rows in segments, one at a time: compressed blocks of rows, an index of the blocks, a Bloom filter of the keys with
 * 10 bits a key, and a footer. Rows come many at a time, and must be in the order of their keys, each key once.
 */
export async function* writeSegments(
  rows: AsyncIterable<readonly SegmentRow[]> | Iterable<readonly SegmentRow[]>,
  clock: Clock,
  sizes: SegmentSizes = segmentSizes,
): AsyncGenerator<Segment, void, undefined> {
  const block = new ByteWriter(2 * sizes.block);
  let segment = new SegmentParts();
  for await (const some of rows) {
    for (const row of some) {
      segment.begin(row[0]);
      writeRow(block, row);
      if (block.length < sizes.block) continue;
      segment.add(block.take());
      if (segment.blocks % blocksAtOnce === 0) await yieldToEventLoop(clock);
      if (segment.length < sizes.segment) continue;
      yield segment.finish();
      segment = new SegmentParts();
    }
  }
  if (block.length > 0) segment.add(block.take());
  if (segment.length > 0) yield segment.finish();
}

class SegmentParts {
  readonly #parts: Bytes[] = [];
  readonly #blocks: IndexedBlock[] = [];
  readonly #hashes: number[] = [];
  #length = 0;
  /** The first key of the block that is being filled. */
  #first: Bytes | undefined;
  #last: Bytes | undefined;

  /** The length of the compressed blocks, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** The number of blocks. */
  get blocks(): number {
    return this.#blocks.length;
  }

  /** Adds the key of the next row of a block. */
  begin(key: Bytes): void {
    this.#first ??= key;
    this.#last = key;
    this.#hashes.push(hashOf(key));
  }

  /** Ends a block. */
  add(block: Bytes): void {
    const [first, stored] = [this.#first as Bytes, deflate(block)];
    const { length } = stored;
    this.#first = undefined;
    this.#blocks.push({ offset: this.#length, length, plain: block.length, checksum: crc32c(stored), first });
    this.#parts.push(stored);
    this.#length += length;
  }

  finish(): Segment {
    const tail = encodeTail(this.#blocks, this.#length, bloomFilter(this.#hashes));
    const bytes = concatBytes(...this.#parts, ...tail);
    const [{ first }] = this.#blocks as [IndexedBlock];
    return { bytes, tail: bytes.length - this.#length, first: bytesToId(first), last: bytesToId(this.#last as Bytes) };
  }
}
