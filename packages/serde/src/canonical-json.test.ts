import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { canonicalJson } from './canonical-json.js';

/** Returns canonical JSON by its definition, slowly. */
const naive = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(naive).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = value as Record<string, unknown>;
  const names = Object.keys(members).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${naive(members[name])}`).join(',')}}`;
};

/** Returns the value with the members of all objects in reverse order. */
const reversed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = {};
  for (const [name, member] of Object.entries(value).reverse())
    Object.defineProperty(copy, name, { value: reversed(member), enumerable: true });
  return copy;
};

const values = fc.jsonValue({ stringUnit: 'binary', depthSize: 'medium' });

test('the text is canonical', () => {
  fc.assert(
    fc.property(values, (value) => expect(canonicalJson(value)).toBe(naive(value))),
    { numRuns: 500 },
  );
});

test('JSON.parse returns the value', () => {
  fc.assert(
    fc.property(values, (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('the order of members does not change the text', () => {
  fc.assert(fc.property(values, (value) => expect(canonicalJson(reversed(value))).toBe(canonicalJson(value))));
});

test.each<[unknown, string]>([
  [{ b: 1, a: [{ d: 2, c: 3 }] }, '{"a":[{"c":3,"d":2}],"b":1}'],
  // Numeric names sort as strings.
  [{ 10: 'ten', 9: 'nine', a: 0 }, '{"10":"ten","9":"nine","a":0}'],
  // Names sort by UTF-16 code units: a surrogate pair comes before U+FB33.
  [{ '\ufb33': 1, '😀': 2 }, '{"😀":2,"\ufb33":1}'],
  [-0, '0'],
  [1e21, '1e+21'],
  [1e-7, '1e-7'],
  [0.1 + 0.2, '0.30000000000000004'],
  ['"\\/\b\f\n\r\t\u0000\u001f\u007f', '"\\"\\\\/\\b\\f\\n\\r\\t\\u0000\\u001f\u007f"'],
  ['\ud800', '"\\ud800"'],
  ['😀\u2028', '"😀\u2028"'],
  [{ a: undefined, b: 1, c: undefined }, '{"b":1}'],
  [{}, '{}'],
  [[], '[]'],
  [{ '': [] }, '{"":[]}'],
  [new Date(0), '"1970-01-01T00:00:00.000Z"'],
  [{ at: { toJSON: (name: string) => ({ name, b: 1, a: 2 }) } }, '{"at":{"a":2,"b":1,"name":"at"}}'],
  [[{ toJSON: (name: string) => name }], '["0"]'],
  [Object.create(null, { a: { value: 1, enumerable: true } }), '{"a":1}'],
  [JSON.parse('{"__proto__":{"b":1},"a":1}'), '{"__proto__":{"b":1},"a":1}'],
  [
    new (class Order {
      readonly total = 1;
    })(),
    '{"total":1}',
  ],
])('%j is %s', (value, text) => {
  expect(canonicalJson(value)).toBe(text);
});

const cyclic: Record<string, unknown> = { name: 'a' };
cyclic.self = cyclic;
const deep = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));

test.each<[unknown, string]>([
  [undefined, 'JSON cannot hold undefined'],
  [() => 1, 'JSON cannot hold a function'],
  [Symbol('s'), 'JSON cannot hold a symbol'],
  [1n, 'JSON cannot hold a bigint'],
  [Number.NaN, 'JSON cannot hold NaN'],
  [{ mean: Number.NaN }, 'JSON cannot hold NaN at mean'],
  [{ lines: [{ price: 1 }, { price: Number.NEGATIVE_INFINITY }] }, 'JSON cannot hold -Infinity at lines.1.price'],
  [[1, undefined], 'JSON cannot hold undefined at 1'],
  // biome-ignore lint/suspicious/noSparseArray: a hole counts as undefined
  [[1, , 2], 'JSON cannot hold undefined at 1'],
  [{ run: () => 1 }, 'JSON cannot hold a function at run'],
  [{ seen: new Map() }, 'JSON cannot hold a Map at seen'],
  [{ seen: new Set() }, 'JSON cannot hold a Set at seen'],
  [{ row: Promise.resolve(1) }, 'JSON cannot hold a Promise at row'],
  [{ bytes: new Uint8Array(1) }, 'JSON cannot hold a Uint8Array at bytes'],
  [{ why: new Error('x') }, 'JSON cannot hold an Error at why'],
  [/x/, 'JSON cannot hold a RegExp'],
  [{ at: new Date(Number.NaN) }, 'JSON cannot hold an invalid date at at'],
  [{ toJSON: () => undefined }, 'JSON cannot hold undefined'],
  [cyclic, 'the value is cyclic, or deeper than 1000 levels, at self.self.self.self.self.self.self.self…'],
  [deep(1001), 'deeper than 1000 levels'],
])('%# a value that JSON would lose is refused', (value, words) => {
  expect(() => canonicalJson(value)).toThrow(words);
});

describe('after a refusal', () => {
  test('the next error has its own path only', () => {
    expect(() => canonicalJson({ a: { b: Number.NaN } })).toThrow('NaN at a.b');
    expect(() => canonicalJson({ c: Number.NaN })).toThrow(/NaN at c$/);
  });

  test('errors of getters pass through', () => {
    const broken = {
      get total(): number {
        throw new Error('no total');
      },
    };
    expect(() => canonicalJson(broken)).toThrow('no total');
  });
});

test('1,000 levels are accepted', () => {
  expect(canonicalJson(deep(1000))).toHaveLength(2000);
});

test('more names than the cache holds are written alike', () => {
  const many = Object.fromEntries(Array.from({ length: 3000 }, (_, i) => [`name "${i}"`, i]));
  expect(JSON.parse(canonicalJson(many))).toEqual(many);
  expect(canonicalJson(many)).toBe(naive(many));
});
