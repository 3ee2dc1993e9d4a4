import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { encodeRow, rowTimestamp, rowValue } from './row-bytes.js';

test('a row has its timestamp in front of its value, also inside of a larger buffer', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), fc.uint8Array({ maxLength: 130 }), fc.nat(9), (timestamp, value, at) => {
      const row = encodeRow(value, timestamp);
      expect(new DataView(row.slice().buffer).getFloat64(0)).toBe(timestamp);
      const buffer = new Uint8Array(at + row.length + 3);
      buffer.set(row, at);
      const inside = buffer.subarray(at, at + row.length);
      expect(rowTimestamp(inside)).toBe(timestamp);
      expect([...rowValue(inside)]).toEqual([...value]);
    }),
    { seed: 1 },
  );
});
