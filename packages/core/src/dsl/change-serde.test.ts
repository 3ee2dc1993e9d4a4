import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Bytes } from '../graph/bytes.js';
import { change } from '../graph/change.js';
import { SerdeError } from '../graph/errors.js';
import type { Serde } from '../graph/serde.js';
import { changeSerde } from './change-serde.js';

const at = { topic: 'groups', headers: [] };
const of = (...values: number[]): Bytes => Uint8Array.from(values);
const text: Serde<string> = {
  name: 'text',
  encode: (value) => new TextEncoder().encode(value),
  decode: (bytes) => new TextDecoder().decode(bytes),
};
const serde = changeSerde(text);
const value = fc.option(fc.string({ unit: 'binary' }), { nil: undefined });
const changes = fc.tuple(value, value, fc.boolean(), fc.boolean()).map((parts) => change(...parts));

test('changes come back as they were, an empty value is not a missing one', () => {
  fc.assert(fc.property(changes, (one) => expect(serde.decode(serde.encode(one, at), at)).toEqual(one)));
  expect(serde.decode(serde.encode(change('', undefined), at), at)).toEqual(change('', undefined));
});

test('they are flags, the length of the old value, and both values', () => {
  expect(serde.encode(change('a', 'bc'), at)).toEqual(of(15, 0, 0, 0, 1, 0x61, 0x62, 0x63));
  expect(serde.encode(change<string>(undefined, undefined, false, false), at)).toEqual(of(0, 0, 0, 0, 0));
});

describe('malformed', () => {
  test.each<[string, Bytes, string]>([
    ['no bytes', of(), 'a change has at least 5 bytes, not 0'],
    ['half a head', of(1, 0, 0), 'a change has at least 5 bytes, not 3'],
    ['unknown flags', of(16, 0, 0, 0, 0), '16 is not the flags of a change'],
    ['an old value that ends early', of(1, 0, 0, 0, 2, 0x61), 'ends before its old value does'],
    ['a length beyond all bytes', of(1, 0xff, 0xff, 0xff, 0xff), 'ends before its old value does'],
    ['an old value that is none', of(2, 0, 0, 0, 1, 0x61), 'the bytes of an old value that it lacks'],
    ['a new value that is none', of(1, 0, 0, 0, 1, 0x61, 0x62), 'the bytes of a new value that it lacks'],
  ])('%s', (_, bytes, words) => {
    expect(() => serde.decode(bytes, at)).toThrow(SerdeError);
    expect(() => serde.decode(bytes, at)).toThrow(words);
  });

  test('random bytes are a change or a SerdeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 16, maxLength: 12 }), (random) => {
        try {
          serde.decode(random, at);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SerdeError);
        }
      }),
    );
  });
});
