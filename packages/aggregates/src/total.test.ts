import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sum } from './sum.js';
import { sumOf } from './total.js';

const numbers = sum<number, number>((value) => value);
const bigints = sum<bigint, bigint>((value) => value);

test('sums of fractions do not drift while values come and go', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: -1e9, max: 1e9, noNaN: true }), { minLength: 1, maxLength: 40 }),
      fc.array(fc.double({ min: -1e12, max: 1e12, noNaN: true }), { maxLength: 40 }),
      (kept, passing) => {
        let total = kept.reduce<ReturnType<typeof numbers.add>>((all, value) => numbers.add(all, value), undefined);
        for (const value of passing) total = numbers.subtract(numbers.add(total, value) as never, value);
        const scaled = kept.reduce((all, value) => all + BigInt(Math.round(value * 2 ** 20)), 0n);
        const exact = Number(scaled) / 2 ** 20;
        expect(Math.abs((sumOf(total as never) as number) - exact)).toBeLessThanOrEqual(
          kept.length * 2 ** -20 + Math.abs(exact) * 2 ** -50,
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('a large value that comes and goes leaves the small ones', () => {
  const small = numbers.add(undefined, 0.1);
  const large = numbers.add(small, 1e16);
  expect(sumOf(numbers.subtract(large as never, 1e16) as never)).toBe(0.1);
});

test('bigints are exact, and types are not mixed', () => {
  fc.assert(
    fc.property(fc.array(fc.bigInt({ min: -(2n ** 90n), max: 2n ** 90n }), { minLength: 1 }), (values) => {
      const total = values.reduce<ReturnType<typeof bigints.add>>((all, value) => bigints.add(all, value), undefined);
      const at = { topic: 't', headers: [] };
      const read = bigints.serde?.decode(bigints.serde.encode(total as never, at) as never, at);
      expect(sumOf(read as never)).toBe(values.reduce((all, value) => all + value, 0n));
    }),
  );
  const total = bigints.add(undefined, 1n);
  expect(() => bigints.add(total, 1 as never)).toThrow('returned a number after a bigint: return one type');
});

test('a value that is no finite number is refused before it spoils the sum', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, undefined, null, '1'])
    expect(() => numbers.add(undefined, value as number)).toThrow(`returned ${String(value)}: return a finite number`);
});

test('bytes of another form are refused', () => {
  const at = { topic: 't', headers: [] };
  for (const bytes of [[], [0, 1], [1, 0, 0, 0, 0, 0, 0, 0, 0, 65], [2, 0, 0, 0, 0, 0, 0, 0, 0, 65]])
    expect(() => numbers.serde?.decode(Uint8Array.from(bytes), at)).toThrow('bytes are not a total');
});
