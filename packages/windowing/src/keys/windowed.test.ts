import { describe, expect, test } from '@jest/globals';
import { type AnySerde, type Bytes, compareBytes, type Serde, SerdeError } from '@kstreams/core/graph';
import { boolean, bytes, double, int32, int64, json, string, tuple } from '@kstreams/serde';
import fc from 'fast-check';
import { type Windowed, windowed } from '../index.js';

const at = { topic: 'sums', headers: [] };
const of = (...values: number[]): Bytes => Uint8Array.from(values);
const bounds = fc
  .tuple(fc.oneof(fc.maxSafeInteger(), fc.integer({ min: -3, max: 3 })), fc.nat({ max: 5 }))
  .map(([start, length]) => ({ start, end: Math.min(start + length, Number.MAX_SAFE_INTEGER) }));
const windows = <K>(key: fc.Arbitrary<K>): fc.Arbitrary<Windowed<K>> =>
  fc.tuple(key, bounds).map(([of, span]) => ({ key: of, ...span }));

test.each<[string, AnySerde, fc.Arbitrary<unknown>]>([
  ['string', string, fc.string({ unit: 'binary' })],
  ['bytes', bytes, fc.uint8Array({ max: 2 })],
  ['boolean', boolean, fc.boolean()],
  ['int32', int32, fc.integer()],
  ['int64', int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  ['double', double, fc.double()],
  ['json', json<object>(), fc.dictionary(fc.string(), fc.integer(), { noNullPrototype: true })],
  ['tuple', tuple(string, int32), fc.tuple(fc.string(), fc.integer())],
  ['windowed', windowed(string), windows(fc.string())],
])('windows of a %s come back as they were', (_, key, values) => {
  const serde = windowed(key);
  fc.assert(
    fc.property(windows(values), (window) => expect(serde.decode(serde.encode(window, at), at)).toEqual(window)),
  );
});

test('both bounds survive, of a day of 23 hours too', () => {
  const serde = windowed(string);
  const day = { key: 'Paris', start: 1_553_900_400_000, end: 1_553_983_200_000 };
  expect(serde.decode(serde.encode(day, at), at)).toEqual(day);
});

test('they are the key as an element of a tuple, then start and end', () => {
  expect(windowed(string).encode({ key: 'a\0', start: 0, end: 1 }, at)).toEqual(
    of(0x61, 0, 0xff, 0, 1, 0x80, 0, 0, 0, 0, 0, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 1),
  );
});

describe('the order of the bytes is the order of key, start and end', () => {
  const sameOrder = <K extends string | number>(serde: Serde<Windowed<K>>, key: fc.Arbitrary<K>): void =>
    fc.assert(
      fc.property(windows(key), windows(key), (a, b) => {
        const byKey = a.key < b.key ? -1 : a.key > b.key ? 1 : 0;
        const expected = byKey || a.start - b.start || a.end - b.end;
        expect(Math.sign(compareBytes(serde.encode(a, at), serde.encode(b, at)))).toBe(Math.sign(expected));
      }),
      { numRuns: 500 },
    );

  test('of texts that begin alike', () => {
    sameOrder(windowed(string), fc.constantFrom('', 'a', 'a\0', 'aa', 'a\x80', 'b', '\0'));
  });

  test('of numbers below and above zero', () => {
    sameOrder(windowed(int32), fc.integer({ min: -2, max: 2 }));
    sameOrder(windowed(double), fc.constantFrom(-1.5, -1, 1, 1.5, 1e300, -1e300));
  });
});

test.each([
  [0.5, 1],
  [0, Number.NaN],
  [0, Number.POSITIVE_INFINITY],
  [1, 0],
  [0, 2 ** 53],
])('%p to %p is no window', (start, end) => {
  expect(() => windowed(string).encode({ key: 'a', start, end }, at)).toThrow(
    `${start} to ${end} is not a window in whole milliseconds (topic sums)`,
  );
});

describe('malformed', () => {
  const whole = windowed(string).encode({ key: 'a', start: 0, end: 1 }, at);

  test('bytes that end early or late are refused', () => {
    for (let length = 0; length < whole.length; length++)
      expect(() => windowed(string).decode(whole.subarray(0, length), at)).toThrow(SerdeError);
    expect(() => windowed(string).decode(of(...whole, 0), at)).toThrow(
      'the bytes are not a windowed key: a key, its start and its end',
    );
  });

  test.each([
    ['no safe number', of(0x61, 0, 1, ...Array(8).fill(0xff), ...Array(8).fill(0xff))],
    ['an end before the start', of(0x61, 0, 1, ...whole.subarray(-8), ...whole.subarray(-16, -8))],
  ])('%s as a bound', (_, bytes) => {
    expect(() => windowed(string).decode(bytes, at)).toThrow('the start and end of a windowed key are not a window');
  });

  test('a null as the key', () => {
    expect(() => windowed(string).decode(of(0, 0, ...whole.subarray(-16)), at)).toThrow(SerdeError);
  });

  test('random bytes are a window or a SerdeError', () => {
    fc.assert(
      fc.property(fc.uint8Array({ max: 3, minLength: 16, maxLength: 24 }), (random) => {
        try {
          windowed(int32).decode(random, at);
        } catch (thrown) {
          expect(thrown).toBeInstanceOf(SerdeError);
        }
      }),
    );
  });
});
