import { type Bytes, batchesOf } from '@kstreams/core/graph';
import { type BlockEntry, inflate, rowsOf, type SegmentRow } from './block.js';
import { decodeTail, type SegmentIndex } from './footer.js';

/** Reads a part of a segment. */
export type ReadRange = (offset: number, length: number) => Promise<Bytes>;

/** The number of bytes, decompressed, of the rows that are returned at a time, about. */
const decodedBytes = 1_024 ** 2;

/**
 * Reads the index of a segment of `size` bytes, from its tail.
 *
 * @throws Error when the tail is not as it was written.
 */
export const readIndex = async (read: ReadRange, size: number, tail: number): Promise<SegmentIndex> => {
  const bytes = await read(size - tail, tail);
  if (bytes.length !== tail) throw new Error('it is shorter than it was');
  return decodeTail(bytes, size);
};

/**
 * Returns the rows of blocks that follow each other in a segment, in the order of their keys, and those of some blocks at a
 * time; all in the opposite order with `reverse`. About `range` bytes are read at a time, and the next ones meanwhile.
 *
 * @throws Error when a part is not as it was written.
 */
export async function* readBlocks(
  read: ReadRange,
  blocks: readonly BlockEntry[],
  range: number,
  reverse = false,
): AsyncGenerator<readonly SegmentRow[], void, undefined> {
  const ordered = <T>(items: readonly T[]): readonly T[] => (reverse ? items.toReversed() : items);
  const groups = ordered(batchesOf(blocks, ({ length }) => length, { bytes: range }));
  const fetch = (group: readonly BlockEntry[] | undefined): Promise<Bytes> | undefined => {
    const [first, last] = [group?.[0], group?.at(-1)];
    if (first === undefined || last === undefined) return undefined;
    const fetched = read(first.offset, last.offset + last.length - first.offset);
    // A failure is thrown where the group is read.
    fetched.catch(() => {});
    return fetched;
  };
  let next = fetch(groups[0]);
  for (const [i, group] of groups.entries()) {
    const bytes = (await next) as Bytes;
    next = fetch(groups[i + 1]);
    const start = (group[0] as BlockEntry).offset;
    for (const some of batchesOf(ordered(group), ({ plain }) => plain, { bytes: decodedBytes })) {
      yield some.flatMap((block) => {
        const from = block.offset - start;
        return ordered(rowsOf(inflate(bytes.subarray(from, from + block.length), block)));
      });
    }
  }
}
