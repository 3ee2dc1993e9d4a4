import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bytes } from './bytes.js';
import { murmur2, partitionFor, roundRobin } from './murmur2.js';
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

/** Returns murmur2 by Austin Appleby's definition, with bigints. */
const naive = (data: Bytes): number => {
  const m = 0x5bd1e995n;
  const word = (value: bigint): bigint => BigInt.asUintN(32, value);
  const mix = (value: bigint, by: bigint): bigint => value ^ (value >> by);
  let hash = 0x9747b28cn ^ BigInt(data.length);
  const whole = data.length - (data.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const block = [...data.slice(i, i + 4)].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    hash = word(hash * m) ^ word(mix(word(block * m), 24n) * m);
  }
  if (whole < data.length) {
    const tail = [...data.slice(whole)].reduceRight((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
    hash = word((hash ^ tail) * m);
  }
  hash = word(mix(hash, 13n) * m);
  return Number(BigInt.asIntN(32, mix(hash, 15n)));
};

test('murmur2 equals a naive implementation, for any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (data) => expect(murmur2(data)).toBe(naive(data))),
    { numRuns: 2000 },
  );
});

test('bytes in the middle of a larger buffer have the hash of the same bytes alone', () => {
  const text = toUtf8('foobar');
  const larger = Buffer.concat([Buffer.from('xyz'), text, Buffer.from('!')]);
  expect(murmur2(larger.subarray(3, 9))).toBe(-790332482);
});

test('a partition is the hash without its sign bit, modulo the count', () => {
  // As `Utils.toPositive(murmur2(key)) % partitions` in Java; toPositive clears the bit and does not negate.
  expect(partitionFor(toUtf8('21'), 7)).toBe((-973932308 + 2 ** 31) % 7);
  expect(partitionFor(toUtf8('abc'), 7)).toBe(479470107 % 7);
});

test('every partition is chosen, and no other', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.integer({ min: 1, max: 1000 }), (key, count) => {
      const partition = partitionFor(key, count);
      expect(Number.isInteger(partition) && partition >= 0 && partition < count).toBe(true);
    }),
  );
});

test('records without a key go to each partition in turn', () => {
  const next = roundRobin();
  expect([next(3), next(3), next(3), next(3)]).toEqual([0, 1, 2, 0]);
});
