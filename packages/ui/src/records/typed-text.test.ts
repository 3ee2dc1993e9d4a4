import { expect, test } from '@jest/globals';
import { toTypedJson } from '@kstreams/core/graph';
import fc from 'fast-check';
import { isWindow, lineOf, pretty, textOf } from './typed-text.js';

test.each([
  ['ann', 'ann'],
  [12, '12'],
  [null, 'null'],
  [12n, '12n'],
  [Uint8Array.of(1, 255), '0x01ff'],
  [new Date(0), '1970-01-01T00:00:00.000Z'],
  [new Map([['a', 1]]), 'Map {a → 1}'],
  [new Set([1, 'b']), 'Set {1, b}'],
  [Number.NaN, 'NaN'],
  [{ a: 'x', b: [1, '2'] }, '{a: "x", b: [1, "2"]}'],
  [{ $bigint: '1' }, '{$bigint: "1"}'],
])('%p is shown as %p', (value, expected) => {
  expect(textOf(toTypedJson(value))).toBe(expected);
});

test('a line has the fields side by side, and is cut', () => {
  expect(lineOf({ customer: 'ann', total: 3 })).toBe('customer ann · total 3');
  expect(lineOf({})).toBe('{}');
  expect(textOf('x'.repeat(500), 10)).toBe('xxxxxxxxx…');
});

test('a pretty value has one member a line', () => {
  expect(pretty({ a: 1, b: ['x'], c: {} })).toBe('{\n  a: 1,\n  b: [\n    "x"\n  ],\n  c: {}\n}');
  expect(pretty('plain')).toBe('plain');
});

test('every value has a text', () => {
  fc.assert(
    fc.property(fc.anything({ withBigInt: true, withDate: true, withMap: true, withSet: true }), (value) => {
      const json: unknown = JSON.parse(JSON.stringify(toTypedJson(value)));
      expect(typeof textOf(json)).toBe('string');
      expect(typeof pretty(json)).toBe('string');
    }),
  );
});

test('the key of a window is found by its form', () => {
  expect(isWindow({ key: 'a', start: 0, end: 1 })).toBe(true);
  expect([isWindow({ key: 'a', start: 0 }), isWindow(null), isWindow('a')]).toEqual([false, false, false]);
});
