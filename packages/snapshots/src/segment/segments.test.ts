import { describe, expect, test } from '@jest/globals';
import { bytesToId, idToBytes } from '@kstreams/core/graph';
import fc from 'fast-check';
import type { SegmentRow } from './block.js';
import { readSegment } from './read-segment.js';
import { type SegmentSizes, writeSegments } from './write-segments.js';

const bytes = fc.uint8Array({ maxLength: 40 });
const rows = fc
  .array(fc.tuple(bytes, fc.option(bytes, { nil: undefined })), { maxLength: 100, size: 'max' })
  .map((found): readonly SegmentRow[] => {
    const byId = new Map(found.map(([key, value]) => [bytesToId(key), value]));
    return [...byId].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, value]) => [idToBytes(id), value]);
  });
const sizes = fc.record({ block: fc.integer({ min: 50, max: 500 }), segment: fc.integer({ min: 1, max: 2_000 }) });

const segmentsOf = async (from: readonly SegmentRow[], limits: SegmentSizes): Promise<Uint8Array[]> => {
  const segments: Uint8Array[] = [];
  for await (const segment of writeSegments([from.slice(0, 7), from.slice(7)], limits)) segments.push(segment);
  return segments;
};

const readAll = async (segment: Uint8Array, size = segment.length, range?: number): Promise<SegmentRow[]> => {
  const read: SegmentRow[] = [];
  const at = async (offset: number, length: number) => segment.slice(offset, offset + length);
  for await (const some of readSegment(at, size, range)) read.push(...some);
  return read;
};

describe('segments', () => {
  test('hold the rows of a map in order, with parts of any sizes', async () => {
    const law = fc.asyncProperty(rows, sizes, fc.integer({ min: 1, max: 3_000 }), async (all, limits, range) => {
      const found: SegmentRow[] = [];
      for (const segment of await segmentsOf(all, limits)) {
        found.push(...(await readAll(segment, segment.length, range)));
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
          const changed = segment.slice();
          changed[at % changed.length] = (changed[at % changed.length] as number) ^ by;
          const found = await readAll(changed).catch(() => whole);
          expect(found).toEqual(whole);
          const cut = segment.slice(0, at % segment.length);
          await expect(readAll(cut)).rejects.toThrow();
          await expect(readAll(cut, segment.length)).rejects.toThrow();
        }
      },
    );
    await fc.assert(law, { numRuns: 20 });
  });

  test('end at their size, and are read in ranges', async () => {
    const value = new Uint8Array(1_000).map((_, i) => (i * i) % 251);
    const all = Array.from({ length: 300 }, (_, i): SegmentRow => [idToBytes(String(1_000 + i)), value]);
    const segments = await segmentsOf(all, { block: 4_000, segment: 10_000 });
    expect(segments.length).toBeGreaterThan(1);
    const reads: (readonly [number, number])[] = [];
    const [first] = segments as [Uint8Array];
    for await (const _ of readSegment(
      async (offset, length) => {
        reads.push([offset, length]);
        return first.slice(offset, offset + length);
      },
      first.length,
      3_000,
    ));
    expect(reads.length).toBeGreaterThan(2);
    expect(Math.max(...reads.slice(1).map(([, length]) => length))).toBeLessThan(4_000);
  });

  test('of no rows are none', async () => {
    expect(await segmentsOf([], { block: 1, segment: 1 })).toEqual([]);
  });
});
