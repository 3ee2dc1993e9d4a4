import { expect, test } from '@jest/globals';
import type { AnySerde, Bytes } from '@kstreams/core/graph';
import { boolean, bytes, double, int32, int64, string } from './index.js';

const at = { topic: 'orders', headers: [] };
const of = (...values: number[]): Bytes => Uint8Array.from(values);

test.each<[AnySerde, unknown, string]>([
  [string, 7, 'expected a string, not 7'],
  [string, Promise.resolve('a'), 'expected a string, not a promise'],
  [string, ['a'], 'expected a string, not an array'],
  [string, '\ud800', 'lone surrogate'],
  [string, 'ab\udc00c', 'lone surrogate'],
  [string, '\udc00\ud800', 'lone surrogate'],
  [boolean, 1, 'expected a boolean, not 1'],
  [boolean, 'true', 'expected a boolean, not "true"'],
  [bytes, 'text', 'expected a Uint8Array, not "text"'],
  [bytes, [1, 2], 'expected a Uint8Array, not an array'],
  [bytes, 3, 'expected a Uint8Array, not 3'],
  [int32, 2 ** 31, 'int32 takes whole numbers from -2147483648 to 2147483647, not 2147483648'],
  [int32, -(2 ** 31) - 1, 'not -2147483649'],
  [int32, 1.5, 'not 1.5'],
  [int32, Number.NaN, 'not NaN'],
  [int32, Number.POSITIVE_INFINITY, 'not Infinity'],
  [int32, 1n, 'not 1n'],
  [int32, '1', 'not "1"'],
  [int64, 2n ** 63n, 'int64 takes bigints from -2^63 to 2^63 - 1, not 9223372036854775808n'],
  [int64, -(2n ** 63n) - 1n, 'not -9223372036854775809n'],
  [int64, 1, 'not 1'],
  [double, 1n, 'double takes numbers, not 1n'],
  [double, '1', 'double takes numbers, not "1"'],
  [string, { a: 1 }, 'expected a string, not an object'],
  [double, 'x'.repeat(99), `double takes numbers, not "${'x'.repeat(40)}…"`],
])('%# encoding refuses other values', (serde, value, words) => {
  expect(() => serde.encode(value, at)).toThrow(words);
});

test.each<[string, AnySerde, Bytes, string]>([
  ['a lead byte without its follower', string, of(0xc3), 'not well-formed UTF-8'],
  ['a follower without its lead byte', string, of(0x80), 'not well-formed UTF-8'],
  ['an overlong zero', string, of(0xc0, 0x80), 'not well-formed UTF-8'],
  ['a surrogate as UTF-8', string, of(0xed, 0xa0, 0x80), 'not well-formed UTF-8'],
  ['a code point beyond the last', string, of(0xf4, 0x90, 0x80, 0x80), 'not well-formed UTF-8'],
  ['the byte 0xff', string, of(0xff), 'not well-formed UTF-8'],
  ['no byte', boolean, of(), 'a boolean has 1 byte, not 0'],
  ['two bytes', boolean, of(1, 1), 'a boolean has 1 byte, not 2'],
  ['the byte 2', boolean, of(2), 'a boolean is the byte 0 or 1, not 2'],
  ['three bytes', int32, of(1, 2, 3), 'int32 has 4 bytes, not 3'],
  ['five bytes', int32, of(1, 2, 3, 4, 5), 'int32 has 4 bytes, not 5'],
  ['four bytes', int64, of(1, 2, 3, 4), 'int64 has 8 bytes, not 4'],
  ['no bytes', double, of(), 'double has 8 bytes, not 0'],
])('%s: refused by %p', (_, serde, malformed, words) => {
  expect(() => serde.decode(malformed, at)).toThrow(`${words} (topic orders)`);
});

test('a SerdeError has the cause', () => {
  expect(() => string.decode(of(0xff), at)).toThrow(
    expect.objectContaining({ code: 'KSTREAMS_SERDE', cause: expect.objectContaining({ name: 'TypeError' }) }),
  );
});

test('int32 writes -0 as 0', () => {
  expect(int32.decode(int32.encode(-0, at), at)).toBe(0);
});

test.each([0, 1, 23, 24, 25, 100, 1_365, 1_366, 2_730, 2_731, 8_192, 20_000])(
  'strings of %i characters are encoded and decoded',
  (length) => {
    for (const unit of ['a', 'é', '€']) {
      const text = unit.repeat(length);
      expect(string.encode(text, at)).toEqual(new Uint8Array(Buffer.from(text)));
      expect(string.decode(string.encode(text, at), at)).toBe(text);
    }
  },
);
