import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { fromUtf8, toUtf8 } from './utf8.js';

const texts = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({ unit: 'binary-ascii', maxLength: 60 }),
);

test('encodes as TextEncoder does', () => {
  fc.assert(fc.property(texts, (text) => expect(toUtf8(text)).toEqual(new TextEncoder().encode(text))));
});

test('texts decode to themselves, with byte order marks', () => {
  fc.assert(fc.property(texts, (text) => expect(fromUtf8(toUtf8(text))).toBe(text)));
  expect(fromUtf8(toUtf8('\ufeffa'))).toBe('\ufeffa');
});

test('bytes do not change when others are written', () => {
  const many = Array.from({ length: 2000 }, (_, i) => `text number ${i} with an é in it, or two: é`);
  const written = many.map(toUtf8);
  expect(written.map(fromUtf8)).toEqual(many);
});

test('refuses malformed bytes', () => {
  expect(() => fromUtf8(Uint8Array.of(0xc3))).toThrow(expect.objectContaining({ name: 'TypeError' }));
});
