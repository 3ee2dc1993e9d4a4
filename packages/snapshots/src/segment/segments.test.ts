import { describe, expect, test } from '@jest/globals';
import { bytesToId, idToBytes, systemClock, toUtf8 } from '@kstreams/core/graph';
import fc from 'fast-check';
import { deflate, type SegmentRow } from './block.js';
import { BlockCompressor } from './block-compressor.js';
import { hashOf, mayHave } from './bloom-filter.js';
import { readBlocks, readIndex } from './read-segment.js';
import { type Segment, type SegmentSizes, writeSegments } from './write-segments.js';

const bytes = fc.uint8Array({ maxLength: 40 });
const rows = fc
  .array(fc.tuple(bytes, fc.option(bytes, { nil: undefined })), { maxLength: 100, size: 'max' })
  .map((found): readonly SegmentRow[] => {
    const byId = new Map(found.map(([key, value]) => [bytesToId(key), value]));
    return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, value]) => [idToBytes(id), value]);
  });
const sizes = fc.record({
  block: fc.integer({ min: 50, max: 500 }),
  segment: fc.integer({ min: 1, max: 2_000 }),
  range: fc.constant(1),
});

const compressor = new BlockCompressor();

const segmentsOf = async (from: readonly SegmentRow[], limits: SegmentSizes): Promise<Segment[]> => {
  const segments: Segment[] = [];
  const writing = { clock: systemClock, compressor, sizes: limits };
  for await (const segment of writeSegments([from.slice(0, 7), from.slice(7)], writing)) segments.push(segment);
  return segments;
};

const readAll = async ({ bytes: stored, tail }: Segment, size = stored.length, range = 1_000) => {
  const read: SegmentRow[] = [];
  const at = async (offset: number, length: number) => stored.slice(Math.max(0, offset), offset + length);
  const index = await readIndex(at, size, tail);
  for await (const some of readBlocks(at, index.blocks, range)) read.push(...some);
  return { rows: read, index };
};

describe('segments', () => {
  test('hold the rows of a map in order, with parts of any sizes', async () => {
    const law = fc.asyncProperty(rows, sizes, fc.integer({ min: 1, max: 3_000 }), async (all, limits, range) => {
      const found: SegmentRow[] = [];
      for (const segment of await segmentsOf(all, limits)) {
        const { index, rows: some } = await readAll(segment, segment.bytes.length, range);
        found.push(...some);
        const ids = some.map(([key]) => bytesToId(key));
        expect([ids[0], ids.at(-1), index.blocks[0]?.first]).toEqual([segment.first, segment.last, ids[0]]);
        expect(index.blocks.map(({ first }) => ids.indexOf(first)).every((at) => at >= 0)).toBe(true);
        expect(some.every(([key]) => mayHave(index.filter, hashOf(key)))).toBe(true);
      }
      expect(found).toEqual(all);
    });
    await fc.assert(law, { numRuns: 20 });
  });

  test('with a changed byte, or cut short, are refused or return the same rows', async () => {
    const law = fc.asyncProperty(
      rows,
      sizes,
      fc.nat(),
      fc.integer({ min: 1, max: 255 }),
      async (all, limits, at, by) => {
        for (const segment of await segmentsOf(all, limits)) {
          const whole = await readAll(segment);
          const changed = segment.bytes.slice();
          changed[at % changed.length] = (changed[at % changed.length] as number) ^ by;
          const found = await readAll({ ...segment, bytes: changed }).catch(() => whole);
          expect(found).toEqual(whole);
          const cut = { ...segment, bytes: segment.bytes.slice(0, at % changed.length) };
          await expect(readAll(cut)).rejects.toThrow();
          await expect(readAll(cut, changed.length)).rejects.toThrow();
        }
      },
    );
    await fc.assert(law, { numRuns: 20 });
  });

  test('end at their size, and are read in ranges', async () => {
    const value = new Uint8Array(1_000).map((_, i) => (i * i) % 251);
    const all = Array.from({ length: 300 }, (_, i): SegmentRow => [idToBytes(String(1_000 + i)), value]);
    const segments = await segmentsOf(all, { block: 4_000, segment: 10_000, range: 1 });
    expect(segments.length).toBeGreaterThan(1);
    const reads: (readonly [number, number])[] = [];
    const [{ bytes: first, tail }] = segments as [Segment];
    const read = async (offset: number, length: number) => {
      reads.push([offset, length]);
      return first.slice(offset, offset + length);
    };
    const { blocks } = await readIndex(read, first.length, tail);
    for await (const _ of readBlocks(read, blocks, 3_000));
    expect(reads.length).toBeGreaterThan(2);
    expect(Math.max(...reads.slice(1).map(([, length]) => length))).toBeLessThan(4_000);
  });

  test('have a filter in which few absent keys are found', async () => {
    const all = Array.from(
      { length: 2_000 },
      (_, i): SegmentRow => [idToBytes(`key-${10_000 + i}`), new Uint8Array(9)],
    );
    const [segment] = (await segmentsOf(all, { block: 4_000, segment: 1_000_000, range: 1 })) as [Segment];
    const { index } = await readAll(segment);
    const absent = Array.from({ length: 10_000 }, (_, i) => hashOf(idToBytes(`key-${20_000 + i}`)));
    expect(absent.filter((hash) => mayHave(index.filter, hash)).length).toBeLessThan(200);
    expect(index.filter.length).toBe(2_500);
  });

  test('of no rows are none', async () => {
    expect(await segmentsOf([], { block: 1, segment: 1, range: 1 })).toEqual([]);
  });
});

describe('blocks', () => {
  const blocks = Array.from({ length: 40 }, (_, i) => toUtf8(`block ${i} `.repeat(1_000 + i)));

  test('are the same whether a thread compresses them or not', async () => {
    const inThread = await Promise.all([compressor.compress(blocks), compressor.compress(blocks.toReversed())]);
    const each = blocks.map(deflate);
    expect(inThread).toEqual([each, each.toReversed()]);
    expect(await compressor.compress(blocks.slice(0, 2))).toEqual(each.slice(0, 2));
    await compressor.close();
  });

  test('fail with their thread, and later ones have another', async () => {
    const one = new BlockCompressor();
    const ended = expect(one.compress(blocks)).rejects.toThrow('the thread that compresses blocks has ended');
    await one.close();
    await ended;
    expect(await one.compress(blocks)).toHaveLength(blocks.length);
    await one.close();
  });
});
