import { describe, expect, test } from '@jest/globals';
import { type AnySerde, type Bytes, compareBytes } from '@kstreams/core/graph';
import fc from 'fast-check';
import { boolean, bytes, double, int32, int64, json, nullable, string, tuple } from './index.js';

const at = { topic: 'orders', headers: [] };
const of = (...values: number[]): Bytes => Uint8Array.from(values);

/** The order of the values of an element. */
// biome-ignore lint/suspicious/noExplicitAny: a table of elements of many types
type Compare = (a: any, b: any) => number;

const bySize: Compare = (a: number | bigint, b: number | bigint) => (a < b ? -1 : a > b ? 1 : 0);
/** Compares like `Double.compare` in Java: -0 before 0, NaN last. */
const byDouble: Compare = (a: number, b: number) => {
  if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(a)) - Number(Number.isNaN(b));
  return a === b ? Number(Object.is(b, -0)) - Number(Object.is(a, -0)) : a - b;
};
const byCodePoint: Compare = (a: string, b: string) => {
  const [x, y] = [[...a], [...b]];
  const differs = x.findIndex((character, i) => character !== y[i]);
  if (differs === -1) return x.length - y.length;
  return differs >= y.length ? 1 : (x[differs]?.codePointAt(0) ?? 0) - (y[differs]?.codePointAt(0) ?? 0);
};

interface Element {
  readonly name: string;
  readonly serde: AnySerde;
  readonly values: fc.Arbitrary<unknown>;
  readonly compare: Compare;
}

const few = fc.constantFrom('', '\0', '\0\0', '\x01', 'a', 'a\0', 'ab', 'b', '\uffff', '😀');
const doubles = fc.oneof(fc.double(), fc.constantFrom(-0, 0, -1, 1, Number.NaN, Number.NEGATIVE_INFINITY));

const elements: readonly Element[] = [
  { name: 'string', serde: string, values: fc.oneof(few, fc.string({ unit: 'binary' })), compare: byCodePoint },
  { name: 'int32', serde: int32, values: fc.oneof(fc.integer(), fc.integer({ min: -3, max: 3 })), compare: bySize },
  { name: 'int64', serde: int64, values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), compare: bySize },
  { name: 'double', serde: double, values: doubles, compare: byDouble },
  { name: 'boolean', serde: boolean, values: fc.boolean(), compare: bySize },
  { name: 'bytes', serde: bytes, values: fc.uint8Array({ max: 2, maxLength: 4 }), compare: compareBytes },
];

const orNull = ({ name, serde, values, compare }: Element): Element => ({
  name: `nullable ${name}`,
  serde: nullable(serde),
  values: fc.option(values),
  compare: (a, b) => (a === null || b === null ? Number(a !== null) - Number(b !== null) : compare(a, b)),
});

const sameOrder = (serde: AnySerde, values: fc.Arbitrary<unknown>, compare: Compare): void =>
  fc.assert(
    fc.property(values, values, (a, b) => {
      const byBytes = compareBytes(serde.encode(a, at), serde.encode(b, at));
      expect(Math.sign(byBytes)).toBe(Math.sign(compare(a, b)));
    }),
    { numRuns: 300 },
  );

describe('the byte order is the order of the values', () => {
  const all = [...elements, ...elements.map(orNull)];
  test.each(all)('for one $name', ({ serde, values, compare }) => {
    sameOrder(tuple(serde), fc.tuple(values), ([a], [b]) => compare(a, b));
  });

  test.each(all.flatMap((first) => elements.map((second) => ({ first, second }))))(
    'for $first.name, then $second.name',
    ({ first, second }) => {
      sameOrder(
        tuple(first.serde, second.serde),
        fc.tuple(first.values, second.values),
        ([a, b], [c, d]) => first.compare(a, c) || second.compare(b, d),
      );
    },
  );

  test('for nested tuples', () => {
    const pair = fc.tuple(few, fc.integer({ min: -2, max: 2 }));
    sameOrder(
      tuple(tuple(string, int32), string),
      fc.tuple(pair, few),
      ([[a, b], c], [[d, e], f]) => byCodePoint(a, d) || bySize(b, e) || byCodePoint(c, f),
    );
  });
});

test('the bytes of the leading elements are a prefix: scanning by them is one range', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.integer(), (text, number) => {
      const whole = tuple(string, int32).encode([text, number], at);
      const first = tuple(string).encode([text], at);
      expect(whole.subarray(0, first.length)).toEqual(first);
    }),
  );
});

test.each<[string, AnySerde, unknown[], Bytes]>([
  ['an element ends with 00 01', tuple(string), ['a'], of(0x61, 0, 1)],
  ['a zero is 00 ff', tuple(string), ['a\0b'], of(0x61, 0, 0xff, 0x62, 0, 1)],
  ['an empty element', tuple(string, string), ['', ''], of(0, 1, 0, 1)],
  ['a null is 00 00', tuple(nullable(string), string), [null, 'b'], of(0, 0, 0x62, 0, 1)],
  ['a number has its sign bit inverted', tuple(int32), [-2], of(0x7f, 0xff, 0xff, 0xfe, 0, 1)],
  ['no element', tuple(), [], of()],
])('%s', (_, serde, values, expected) => {
  expect(serde.encode(values, at)).toEqual(expected);
  expect(serde.decode(expected, at)).toEqual(values);
});

test.each<[string, AnySerde, Bytes, string]>([
  ['no bytes', tuple(string), of(), 'element 0: no complete element starts at byte 0'],
  ['no end', tuple(string), of(0x61), 'element 0: no complete element starts at byte 0'],
  ['a zero at the end', tuple(string), of(0x61, 0), 'element 0: no complete element'],
  ['an unknown mark', tuple(string), of(0x61, 0, 2), 'element 0: no complete element'],
  ['a null within an element', tuple(nullable(string)), of(0x61, 0, 0), 'element 0: no complete element'],
  ['a missing element', tuple(string, string), of(0x61, 0, 1), 'element 1: no complete element starts at byte 3'],
  ['more bytes', tuple(string), of(0x61, 0, 1, 7), '1 bytes follow the last element'],
  ['a null', tuple(string, int32), of(0x61, 0, 1, 0, 0), 'element 1: int32 does not allow null'],
  ['a short number', tuple(string, int32), of(0, 1, 1, 0, 1), 'element 1: int32 has 4 bytes, not 1'],
  ['in a tuple', tuple(tuple(string)), of(0x61, 0, 1), 'element 0: element 0: no complete element'],
])('malformed: %s', (_, serde, malformed, words) => {
  expect(() => serde.decode(malformed, at)).toThrow(words);
});

test.each<[AnySerde, unknown, string]>([
  [tuple(string), 'a', 'expected an array, not "a"'],
  [tuple(string), ['a', 'b'], 'expected 1 values, not 2'],
  [tuple(string, string), ['a'], 'expected 2 values, not 1'],
  [tuple(string, int32), ['a', 1.5], 'element 1: int32 takes whole numbers from -2147483648 to 2147483647, not 1.5'],
  [tuple(string, int32), ['a', null], 'element 1: int32 does not allow null'],
  [tuple(nullable(string)), [undefined], 'element 0: string | null does not allow undefined'],
  [tuple(json<unknown>()), [Number.NaN], 'element 0: JSON cannot hold NaN (topic orders)'],
])('%# other values are refused with the element, and the topic once', (serde, value, words) => {
  expect(() => serde.encode(value, at)).toThrow(words);
  expect(() => serde.encode(value, at)).toThrow(/^[^(]*\(topic orders\)$/);
});
