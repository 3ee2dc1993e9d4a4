import { type Bytes, batchesOf } from '@kstreams/core/graph';
import { type BlockEntry, inflate, rowsOf, type SegmentRow } from './block.js';
import { decodeFooter, decodeIndex, footerLength } from './footer.js';

/** Reads a part of a segment. */
export type ReadRange = (offset: number, length: number) => Promise<Bytes>;

/** The number of bytes that one read returns, about. */
const rangeBytes = 4 * 1_024 ** 2;

/** The number of bytes, decompressed, of the rows that are returned at a time, about. */
const decodedBytes = 1_024 ** 2;

/** The part at the end of a segment that is read first: its footer, and most likely its index. */
const endBytes = 64 * 1_024;

/**
 * Returns the rows of a segment of `size` bytes, in the order of their keys, and those of some blocks at a time. The next
 * blocks are read meanwhile.
 *
 * @throws Error when a part is not as it was written.
 */
export async function* readSegment(
  read: ReadRange,
  size: number,
  range = rangeBytes,
): AsyncGenerator<readonly SegmentRow[], void, undefined> {
  const blocks = await blocksOf(read, size);
  const groups = batchesOf(blocks, ({ length }) => length, { bytes: range });
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
    for (const some of batchesOf(group, ({ plain }) => plain, { bytes: decodedBytes })) {
      yield some.flatMap((block) => {
        const from = block.offset - start;
        return rowsOf(inflate(bytes.subarray(from, from + block.length), block));
      });
    }
  }
}

const blocksOf = async (read: ReadRange, size: number): Promise<readonly BlockEntry[]> => {
  const start = Math.max(0, size - endBytes);
  const end = await read(start, size - start);
  if (end.length !== size - start) throw new Error('it is shorter than it was');
  const index = decodeFooter(end.subarray(Math.max(0, end.length - footerLength)), size);
  const isRead = index.offset >= start;
  const stored = isRead
    ? end.subarray(index.offset - start, index.offset - start + index.length)
    : await read(index.offset, index.length);
  return decodeIndex(stored, index);
};
