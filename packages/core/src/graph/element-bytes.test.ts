import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Bytes, compareBytes } from './bytes.js';
import { packElements, unpackElement } from './element-bytes.js';

const of = (...values: number[]): Bytes => Uint8Array.from(values);
const element = fc.option(fc.uint8Array({ max: 3, maxLength: 6 }));
const elements = fc.array(element, { maxLength: 4 });

const unpackAll = (packed: Bytes): (Bytes | null)[] => {
  const all: (Bytes | null)[] = [];
  for (let from = 0; from < packed.length; ) {
    const unpacked = unpackElement(packed, from);
    if (unpacked === undefined) throw new Error(`no element at ${from}`);
    all.push(unpacked.element);
    from = unpacked.next;
  }
  return all;
};

/** Compares lists by element: null first, then byte by byte, a shorter list before its extensions. */
const compareElements = (a: readonly (Bytes | null)[], b: readonly (Bytes | null)[]): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const [x, y] = [a[i] as Bytes | null, b[i] as Bytes | null];
    const order = x === null || y === null ? Number(x !== null) - Number(y !== null) : compareBytes(x, y);
    if (order !== 0) return order;
  }
  return a.length - b.length;
};

test('elements decode to equal elements', () => {
  fc.assert(fc.property(elements, (all) => expect(unpackAll(packElements(all))).toEqual(all)));
});

test('byte order is the order of the elements', () => {
  fc.assert(
    fc.property(elements, elements, (a, b) => {
      const byBytes = compareBytes(packElements(a), packElements(b));
      expect(Math.sign(byBytes)).toBe(Math.sign(compareElements(a, b)));
    }),
    { numRuns: 1000 },
  );
});

test('free bytes follow the elements', () => {
  expect(packElements([of(1, 0), null], 3)).toEqual(of(1, 0, 0xff, 0, 1, 0, 0, 0, 0, 0));
});

test.each<[string, Bytes]>([
  ['no bytes', of()],
  ['no end', of(1, 2, 3)],
  ['half an end', of(1, 0)],
  ['an unknown mark', of(1, 0, 2)],
  ['a null after bytes', of(1, 0, 0)],
  ['a null after a zero', of(0, 0xff, 0, 0)],
])('%s are no element', (_, bytes) => {
  expect(unpackElement(bytes, 0)).toBeUndefined();
});

test('random bytes are decoded or refused, and decoded ones encode to the same bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ max: 3, maxLength: 12 }), (random) => {
      const unpacked = unpackElement(random, 0);
      if (unpacked === undefined) return;
      expect(packElements([unpacked.element])).toEqual(random.subarray(0, unpacked.next));
    }),
  );
});
