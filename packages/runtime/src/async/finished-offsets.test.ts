import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeFinished, encodeFinished, type OffsetRange } from './finished-offsets.js';

const start = 1_000_000;

/** Ranges behind a start, from the lengths of unfinished and finished runs in turn. */
const rangesOf = (lengths: readonly (readonly [unfinished: number, finished: number])[]): readonly OffsetRange[] => {
  let at = start;
  return lengths.map(([unfinished, finished]) => {
    const from = at + unfinished;
    at = from + finished;
    return [from, at] as const;
  });
};

describe('finished offsets', () => {
  test('decode to the encoded ranges, in every shape', () => {
    const length = fc.oneof(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 70_000 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(length, length), { maxLength: 60 }), (lengths) => {
        const ranges = rangesOf(lengths);
        expect(decodeFinished(start, encodeFinished(start, ranges))).toEqual(ranges);
      }),
    );
  });

  test('one gap in 50,000 offsets takes 16 bytes at most', () => {
    expect(encodeFinished(start, [[start + 1, start + 50_000]]).length).toBeLessThanOrEqual(16);
    expect(encodeFinished(start, [[start + 49_999, start + 50_000]]).length).toBeLessThanOrEqual(16);
  });

  test('gaps everywhere take a bit per offset', () => {
    const every = rangesOf(Array.from({ length: 4_000 }, () => [1, 1] as const));
    expect(encodeFinished(start, every).length).toBeLessThanOrEqual(Math.ceil((8_000 / 8) * (4 / 3)) + 1);
  });

  test('no range is an empty text, and any other text is no range', () => {
    expect(encodeFinished(start, [])).toBe('');
    for (const text of ['', 'r', 'x123', 'r!!', 'b=']) expect(decodeFinished(start, text)).toEqual([]);
  });
});
