import { expect, test } from '@jest/globals';
import { cooperativeSticky } from './cooperative-sticky.js';

/** Divides 12 partitions in rounds, until nothing moves. */
const settled = (ids: readonly string[], before: ReadonlyMap<string, ReadonlySet<number>>) => {
  let owned = before;
  for (let held = -1; held !== 12; ) {
    owned = cooperativeSticky(
      ids.map((id) => ({ id, owned: owned.get(id) ?? new Set<number>() })),
      12,
    );
    held = [...owned.values()].reduce((sum, { size }) => sum + size, 0);
  }
  return owned;
};

const listed = (owned: ReadonlyMap<string, ReadonlySet<number>>) =>
  Object.fromEntries([...owned].map(([id, share]) => [id, [...share].sort((a, b) => a - b)]));

test('the model gives members the partitions that librdkafka 2.15 gave them, as they started, joined and left', () => {
  const [gone, low, high, late] = ['m9e3779b1', 'm3c6ef362', 'mdaa66d13', 'm78dde6c4'] as const;
  const started = settled([gone, low, high], new Map());
  expect(listed(started)).toEqual({ [gone]: [1, 4, 7, 10], [low]: [0, 3, 6, 9], [high]: [2, 5, 8, 11] });
  const joined = settled([gone, low, high, late], started);
  expect(listed(joined)).toEqual({ [gone]: [4, 7, 10], [low]: [3, 6, 9], [high]: [5, 8, 11], [late]: [0, 1, 2] });
  const left = settled([low, high, late], new Map([...joined].filter(([id]) => id !== gone)));
  expect(listed(left)).toEqual({ [low]: [3, 6, 9, 10], [high]: [4, 5, 8, 11], [late]: [0, 1, 2, 7] });
});
