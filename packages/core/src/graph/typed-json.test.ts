import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromTypedJson, toTypedJson } from './typed-json.js';

const through = (value: unknown): unknown => fromTypedJson(JSON.parse(JSON.stringify(toTypedJson(value))));

const name = fc.oneof(fc.string(), fc.constantFrom('$bigint', '$object', '$map', '__proto__', 'constructor'));
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.double(),
    fc.bigInt(),
    fc.uint8Array(),
    fc.date({ noInvalidDate: true }),
    fc.array(fc.oneof(tie('value'), fc.constant(undefined))),
    fc.array(tie('value')).map((elements) => new Set(elements)),
    fc.array(fc.tuple(tie('value'), tie('value'))).map((entries) => new Map(entries)),
    fc.array(fc.tuple(name, tie('value'))).map((members) => Object.fromEntries(members)),
  ),
}));

test('values come back as they were', () => {
  fc.assert(fc.property(value, (one) => expect(isDeepStrictEqual(through(one), one)).toBe(true)));
});

test('plain JSON stays as it is', () => {
  const plain = { text: 'a', list: [1, null, true], inner: { $type: 'x', $bigint: '1' } };
  expect(toTypedJson(plain)).toEqual(plain);
  expect(fromTypedJson(plain)).toEqual(plain);
});

test.each([
  ['a bigint', 12n, { $bigint: '12' }],
  ['bytes', Uint8Array.of(0, 255), { $bytes: 'AP8=' }],
  ['an invalid date', new Date(Number.NaN), { $date: null }],
  ['NaN', Number.NaN, { $number: 'NaN' }],
  ['an object of the same form', { $bigint: 'x' }, { $object: { $bigint: 'x' } }],
  ['an object with a form for JSON', { toJSON: () => 'text' }, 'text'],
  ['members without a value', { a: undefined, b: 1, c: () => 0 }, { b: 1 }],
])('%s has a form', (_, given, expected) => {
  expect(toTypedJson(given)).toEqual(expected);
});

test.each([
  { $bigint: 12 },
  { $bigint: '1.5' },
  { $bytes: '*' },
  { $date: 'now' },
  { $number: '12' },
  { $number: 'constructor' },
  { $map: [[1]] },
  { $set: {} },
  { $object: [] },
])('%j is malformed', (json) => {
  expect(() => fromTypedJson(json)).toThrow(TypeError);
});

test('any JSON is decoded or refused as malformed', () => {
  const tagged = fc.json().map((text): unknown => JSON.parse(text.replaceAll('"a', '"$')));
  const { json } = fc.letrec<{ json: unknown }>((tie) => ({
    json: fc.oneof(
      { depthSize: 'small' },
      tagged,
      fc.array(tie('json')),
      fc
        .tuple(
          fc.constantFrom('$bigint', '$bytes', '$date', '$number', '$map', '$set', '$undefined', '$object'),
          tie('json'),
        )
        .map((member) => Object.fromEntries([member])),
    ),
  }));
  fc.assert(
    fc.property(json, (one) => {
      try {
        fromTypedJson(one);
      } catch (thrown) {
        expect(thrown).toBeInstanceOf(TypeError);
      }
    }),
  );
});

test('endless nesting is refused', () => {
  let nested: unknown = 1;
  for (let i = 0; i < 5_000; i++) nested = [nested];
  expect(() => toTypedJson(nested)).toThrow('deeper than 500');
  expect(() => fromTypedJson(nested)).toThrow('deeper than 1000');
});
