import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { batchesOf } from './batches.js';

test('batches have all items in order, within the limits and as few as that allows', () => {
  const sizes = fc.array(fc.nat({ max: 12 }));
  const limits = fc.record({ items: fc.integer({ min: 1, max: 5 }), bytes: fc.nat({ max: 20 }) });
  fc.assert(
    fc.property(sizes, limits, (all, { bytes, items }) => {
      const batches = batchesOf(all, (size) => size, { items, bytes });
      expect(batches.flat()).toEqual(all);
      const sum = (batch: readonly number[]): number => batch.reduce((total, size) => total + size, 0);
      for (const [i, batch] of batches.entries()) {
        expect(batch.length).toBeGreaterThan(0);
        if (batch.length > 1) expect(sum(batch)).toBeLessThanOrEqual(bytes);
        expect(batch.length).toBeLessThanOrEqual(items);
        const next = batches[i + 1]?.[0];
        if (next !== undefined) expect(batch.length === items || sum(batch) + next > bytes).toBe(true);
      }
    }),
  );
});
