import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CachedRow, RowList } from './row-list.js';

test('rows are in the list that they were added to last, in the order of that', () => {
  const at = fc.nat(5);
  const step = fc.record({ at, to: fc.constantFrom(0, 1, undefined), length: fc.nat(9) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const rows = Array.from({ length: 6 }, (_, i) => new CachedRow(`row${i}`));
      const lists = [new RowList(), new RowList()] as const;
      const model: [CachedRow[], CachedRow[]] = [[], []];
      for (const { at, length, to } of steps) {
        const row = rows[at] as CachedRow;
        const value = length === 0 ? undefined : new Uint8Array(length);
        model.forEach((all, i) => {
          model[i] = all.filter((one) => one !== row);
        });
        if (to === undefined) row.list?.remove(row);
        else {
          lists[to].add(row, value);
          model[to].push(row);
          expect(row.value).toBe(value);
        }
        lists.forEach((list, i) => {
          const expected = model[i] as CachedRow[];
          expect([...list]).toEqual(expected);
          expect([list.size, list.first, list.last]).toEqual([expected.length, expected[0], expected.at(-1)]);
        });
      }
      for (const row of rows) row.list?.remove(row);
      expect(lists.map(({ bytes, size }) => [bytes, size])).toEqual([
        [0, 0],
        [0, 0],
      ]);
    }),
  );
});
