import { type Bytes, concatBytes, crc32c } from '@kstreams/core/graph';
import { type BlockEntry, deflate, type SegmentRow, writeRow } from './block.js';
import { ByteWriter } from './byte-writer.js';
import { encodeIndex } from './footer.js';

/** The sizes of the parts of segments, in bytes. */
export interface SegmentSizes {
  /** The size at which a block ends, before compression. */
  readonly block: number;
  /** The size at which a segment ends, compressed. */
  readonly segment: number;
}

/** 16 KiB a block, 32 MiB a segment. */
export const segmentSizes: SegmentSizes = { block: 16 * 1_024, segment: 32 * 1_024 ** 2 };

/**
 * Returns rows in segments, one at a time: compressed blocks of rows, an index of the blocks, and a footer. Rows come many at a
 * time, and must be in the order of their keys, each key once.
 */
export async function* writeSegments(
  rows: AsyncIterable<readonly SegmentRow[]> | Iterable<readonly SegmentRow[]>,
  sizes: SegmentSizes = segmentSizes,
): AsyncGenerator<Bytes, void, undefined> {
  const block = new ByteWriter(2 * sizes.block);
  let segment = new SegmentParts();
  for await (const some of rows) {
    for (const row of some) {
      writeRow(block, row);
      if (block.length < sizes.block) continue;
      segment.add(block.take());
      if (segment.compressing < compressedAtOnce) continue;
      await segment.compressed();
      if (segment.length < sizes.segment) continue;
      yield await segment.finish();
      segment = new SegmentParts();
    }
  }
  if (block.length > 0) segment.add(block.take());
  await segment.compressed();
  if (segment.length > 0) yield await segment.finish();
}

/** The number of blocks that are compressed at the same time. */
const compressedAtOnce = 16;

class SegmentParts {
  readonly #parts: Bytes[] = [];
  #compressing: Promise<readonly [plain: number, stored: Bytes]>[] = [];
  readonly #blocks: BlockEntry[] = [];
  #length = 0;

  /** The length of the compressed blocks, in bytes. */
  get length(): number {
    return this.#length;
  }

  /** The number of blocks that are being compressed. */
  get compressing(): number {
    return this.#compressing.length;
  }

  add(block: Bytes): void {
    this.#compressing.push(deflate(block).then((stored) => [block.length, stored] as const));
  }

  /** Waits for the blocks that are being compressed. */
  async compressed(): Promise<void> {
    const blocks = await Promise.all(this.#compressing);
    this.#compressing = [];
    for (const [plain, stored] of blocks) {
      this.#blocks.push({ offset: this.#length, length: stored.length, plain, checksum: crc32c(stored) });
      this.#parts.push(stored);
      this.#length += stored.length;
    }
  }

  async finish(): Promise<Bytes> {
    return concatBytes(...this.#parts, ...(await encodeIndex(this.#blocks, this.#length)));
  }
}
