import { expect, test } from '@jest/globals';
import { murmur2, partitionFor, spread } from './partition.js';
import { toUtf8 } from './utf8.js';

test.each([
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
])('murmur2 of %j is what Kafka says', (text, hash) => {
  expect(murmur2(toUtf8(text))).toBe(hash);
});

test('a partition is the positive hash modulo the count', () => {
  expect(partitionFor(toUtf8('21'), 7)).toBe((-973932308 & 0x7fffffff) % 7);
});

test('records without a key take turns', () => {
  const next = spread();
  expect([next(3), next(3), next(3), next(3)]).toEqual([0, 1, 2, 0]);
});
