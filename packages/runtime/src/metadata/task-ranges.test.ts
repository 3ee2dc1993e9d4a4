import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decodeTaskRanges, encodeTaskRanges } from './task-ranges.js';

test('tasks decode from their ranges, in order', () => {
  const tasks = fc.uniqueArray(fc.tuple(fc.nat(12), fc.nat(300)), { selector: (one) => one.join('_') });
  fc.assert(
    fc.property(tasks, (given) => {
      const inOrder = [...given].sort(([a, p], [b, q]) => a - b || p - q).map((one) => one.join('_'));
      expect(decodeTaskRanges(encodeTaskRanges(given.map((one) => one.join('_'))))).toEqual(inOrder);
    }),
  );
});

test('neighbours take no more space than their ends', () => {
  const ids = Array.from({ length: 1_000 }, (_, partition) => `3_${partition}`);
  expect(encodeTaskRanges(ids)).toBe('3:0-999');
});

test.each(['x', '0', '0:', '0:1,', '0:a', '0:1-', '0:0-999999999', 7, null])('%p is no text of tasks', (text) => {
  expect(decodeTaskRanges(text)).toBeUndefined();
});
