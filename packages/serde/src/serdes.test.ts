import { describe, expect, test } from '@jest/globals';
import { type AnySerde, type Bytes, compareBytes, type Serde } from '@kstreams/core';
import fc from 'fast-check';
import * as v from 'valibot';
import { z } from 'zod';
import { boolean, bytes, double, int32, int64, json, nullable, string, tuple } from './index.js';

const at = { topic: 'orders', headers: [] };
const bytesOf = (...values: number[]): Bytes => Uint8Array.from(values);

/** Every value comes back as it was. */
const roundTrips = <T>(serde: Serde<T>, values: fc.Arbitrary<T>): void => {
  fc.assert(fc.property(values, (value) => expect(serde.decode(serde.encode(value, at), at)).toEqual(value)));
};

describe('values come back as they were', () => {
  test('string', () => roundTrips(string, fc.string({ unit: 'binary' })));
  test('bytes', () => roundTrips(bytes, fc.uint8Array()));
  test('boolean', () => roundTrips(boolean, fc.boolean()));
  test('int32', () => roundTrips(int32, fc.integer()));
  test('int64', () => roundTrips(int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })));
  test('double', () => roundTrips(double, fc.double()));
  test('tuple', () => roundTrips(tuple(string, int32), fc.tuple(fc.string({ unit: 'binary' }), fc.integer())));
  test('json', () =>
    roundTrips(
      json<Record<string, number[]>>(),
      fc.dictionary(fc.string(), fc.array(fc.integer()), { noNullPrototype: true }),
    ));
});

test('numbers are written as Java writes them', () => {
  expect(int32.encode(-2, at)).toEqual(bytesOf(255, 255, 255, 254));
  expect(int64.encode(1n, at)).toEqual(bytesOf(0, 0, 0, 0, 0, 0, 0, 1));
  expect(double.encode(1, at)).toEqual(bytesOf(0x3f, 0xf0, 0, 0, 0, 0, 0, 0));
});

test('tuples are in the order of their elements', () => {
  const pairs = tuple(bytes, bytes);
  const pair = fc.tuple(fc.uint8Array({ max: 2 }), fc.uint8Array({ max: 2 }));
  fc.assert(
    fc.property(pair, pair, (a, b) => {
      const byElements = compareBytes(a[0], b[0]) || compareBytes(a[1], b[1]);
      expect(Math.sign(compareBytes(pairs.encode(a, at), pairs.encode(b, at)))).toBe(Math.sign(byElements));
    }),
  );
});

test.each<[string, AnySerde, Bytes]>([
  ['string', string, bytesOf(0xc3)],
  ['boolean', boolean, bytesOf(2)],
  ['int32', int32, bytesOf(1, 2, 3)],
  ['double', double, bytesOf()],
  ['json', json(), bytesOf(0x7b)],
  ['json that is null', json(), new TextEncoder().encode('null')],
  ['tuple', tuple(string), bytesOf(0x61)],
])('malformed %s is refused with its topic', (_, serde, malformed) => {
  expect(() => serde.decode(malformed, at)).toThrow(/topic orders/);
});

test('what a serde cannot hold is refused', () => {
  expect(() => string.encode('\ud800', at)).toThrow('lone surrogate');
  expect(() => int32.encode(2 ** 31, at)).toThrow('is not int32');
  expect(() => int64.encode(2n ** 63n, at)).toThrow('is not int64');
  expect(() => json<unknown>().encode({ mean: Number.NaN }, at)).toThrow('cannot hold NaN');
  expect(() => json<unknown>().encode(undefined, at)).toThrow('cannot hold undefined');
});

test('equal json values have equal bytes', () => {
  const serde = json<unknown>();
  expect(serde.encode({ b: 1, a: [{ d: 2, c: 3 }] }, at)).toEqual(serde.encode({ a: [{ c: 3, d: 2 }], b: 1 }, at));
});

test('a schema gives the type and checks what is read', () => {
  const order: Serde<{ total: number }> = json(z.object({ total: z.number().positive() }));
  const paid: Serde<{ total: number }> = json(v.object({ total: v.number() }));
  const bad = new TextEncoder().encode('{"total":-1}');
  expect(paid.decode(bad, at)).toEqual({ total: -1 });
  expect(() => order.decode(bad, at)).toThrow(/total: /);
  // @ts-expect-error a serde of orders is not one of strings
  const wrong: Serde<string> = order;
  expect(wrong).toBe(order);
});

test('nullable says that null is a value', () => {
  expect(nullable(double)).toMatchObject({ nullable: true, name: 'double | null' });
});
