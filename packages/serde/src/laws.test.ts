/** The laws of every serde. */
import { describe, expect, test } from '@jest/globals';
import { type AnySerde, type Bytes, equalBytes, messageOf, type Serde, SerdeError } from '@kstreams/core/graph';
import fc from 'fast-check';
import { z } from 'zod';
import { boolean, bytes, double, int32, int64, json, nullable, string, tuple } from './index.js';

const at = { topic: 'orders', headers: [] };

interface Law {
  readonly title: string;
  readonly serde: AnySerde;
  readonly values: fc.Arbitrary<unknown>;
  /** True when bytes of any length are valid. */
  readonly anyLength?: true;
}

const law = <T>(title: string, serde: Serde<T>, values: fc.Arbitrary<T>, anyLength?: true): Law => ({
  title,
  serde,
  values,
  ...(anyLength && { anyLength }),
});

const text = fc.string({ unit: 'binary' });
const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
const members = fc.dictionary(text, fc.oneof(fc.integer(), text, fc.array(fc.boolean())), { noNullPrototype: true });

const laws: readonly Law[] = [
  law('string', string, text, true),
  law('bytes', bytes, fc.uint8Array(), true),
  law('boolean', boolean, fc.boolean()),
  law('int32', int32, fc.integer()),
  law('int64', int64, long),
  law('double', double, fc.double()),
  law('json', json<object>(), members),
  law(
    'json of a schema',
    json(z.object({ id: z.string(), total: z.number() })),
    fc.record({ id: text, total: fc.integer() }),
  ),
  law('nullable(int32)', nullable(int32), fc.integer()),
  law('nullable(json())', nullable(json<object>()), members),
  law('tuple(string, int32)', tuple(string, int32), fc.tuple(text, fc.integer())),
  law(
    'tuple(bytes, double, boolean)',
    tuple(bytes, double, boolean),
    fc.tuple(fc.uint8Array(), fc.double(), fc.boolean()),
  ),
  law('tuple(nullable(int64), json())', tuple(nullable(int64), json<object>()), fc.tuple(fc.option(long), members)),
  law(
    'tuple(tuple(string, int32), string)',
    tuple(tuple(string, int32), string),
    fc.tuple(fc.tuple(text, fc.integer()), text),
  ),
  law('int32, sortable', int32.sortable as Serde<number>, fc.integer()),
  law('int64, sortable', int64.sortable as Serde<bigint>, long),
  law('double, sortable', double.sortable as Serde<number>, fc.double()),
];

/** Runs a function; any error must be a SerdeError that names the topic once. */
const orSerdeError = (run: () => unknown): void => {
  try {
    run();
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(SerdeError);
    expect((thrown as SerdeError).location).toEqual({ topic: 'orders' });
    expect((thrown as SerdeError).message.split('topic orders')).toHaveLength(2);
  }
};

describe.each(laws)('$title', ({ serde, values }) => {
  test('decoding returns the encoded value', () => {
    fc.assert(fc.property(values, (value) => expect(serde.decode(serde.encode(value, at), at)).toEqual(value)));
  });

  test('decoding accepts a part of a larger Buffer', () => {
    fc.assert(
      fc.property(values, fc.nat({ max: 9 }), (value, offset) => {
        const encoded = serde.encode(value, at);
        const larger = Buffer.concat([Buffer.alloc(offset, 7), encoded, Buffer.alloc(3, 9)]);
        expect(serde.decode(larger.subarray(offset, offset + encoded.length), at)).toEqual(value);
      }),
    );
  });

  test('encoded bytes are plain Uint8Arrays and unaffected by later encodes', () => {
    fc.assert(
      fc.property(fc.array(values, { minLength: 2 }), (several) => {
        const encoded = several.map((value) => serde.encode(value, at) as Bytes);
        for (const one of encoded) expect(Object.getPrototypeOf(one)).toBe(Uint8Array.prototype);
        expect(encoded.map((one) => serde.decode(one, at))).toEqual(several);
      }),
    );
  });

  test('random bytes decode or throw a SerdeError', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), (random) => orSerdeError(() => serde.decode(random, at))));
  });

  test('bytes with a changed byte decode or throw a SerdeError', () => {
    fc.assert(
      fc.property(values, fc.nat(), fc.integer({ min: 1, max: 255 }), (value, where, by) => {
        const encoded = new Uint8Array(serde.encode(value, at));
        fc.pre(encoded.length > 0);
        const index = where % encoded.length;
        encoded[index] = (encoded[index] as number) ^ by;
        orSerdeError(() => serde.decode(encoded, at));
      }),
    );
  });

  test.each([[undefined], [null], [() => 1], [Symbol('s')], [Promise.resolve(1)], [new Map()], [{ deep: 1n }]])(
    'encoding %p throws a SerdeError',
    (value) => {
      expect(() => serde.encode(value, at)).toThrow(SerdeError);
      orSerdeError(() => serde.encode(value, at));
    },
  );
});

describe.each(laws.filter(({ anyLength }) => anyLength !== true))('$title', ({ serde, values }) => {
  test('missing and extra bytes are refused', () => {
    fc.assert(
      fc.property(values, fc.nat(), (value, where) => {
        const encoded = serde.encode(value, at) as Bytes;
        expect(() => serde.decode(encoded.subarray(0, where % encoded.length), at)).toThrow(SerdeError);
        expect(() => serde.decode(Uint8Array.of(...encoded, 1), at)).toThrow(SerdeError);
      }),
    );
  });
});

describe.each(laws.filter(({ serde }) => serde.primitive === true))('$title', ({ serde, values }) => {
  test('primitive keys are equal in a Map exactly when their bytes are equal', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const oneKey = new Map([[a, 1]]).has(b);
        expect(oneKey).toBe(equalBytes(serde.encode(a, at), serde.encode(b, at)));
      }),
    );
  });
});

const orThrown = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (thrown) {
    return messageOf(thrown);
  }
};

describe.each(laws.filter(({ serde }) => serde.roundTrip !== undefined))('$title', ({ serde, values }) => {
  const { roundTrip } = serde as Required<Pick<AnySerde, 'roundTrip'>>;

  test('roundTrip returns what encoding and decoding return, and throws the same errors', () => {
    const any = fc.oneof(values, fc.anything(), fc.constantFrom(-0, Number.NaN, 1.5, '\ud800', 2 ** 53, 1n << 64n));
    fc.assert(
      fc.property(any, (value) => {
        expect(orThrown(() => roundTrip(value, at))).toBe(orThrown(() => serde.decode(serde.encode(value, at), at)));
      }),
    );
  });

  test('values are primitives, which cannot be changed', () => {
    fc.assert(fc.property(values, (value) => expect(Object(value)).not.toBe(value)));
  });
});

test.each<{ serde: AnySerde; plain: boolean; primitive: boolean }>([
  { serde: string, plain: true, primitive: true },
  { serde: boolean, plain: true, primitive: true },
  { serde: int32, plain: true, primitive: true },
  { serde: int64, plain: true, primitive: true },
  // A Map treats -0 as 0.
  { serde: double, plain: true, primitive: false },
  { serde: bytes, plain: false, primitive: false },
  { serde: json(), plain: false, primitive: false },
  { serde: tuple(string), plain: false, primitive: false },
  { serde: nullable(string), plain: true, primitive: true },
  { serde: nullable(json()), plain: false, primitive: false },
])('$serde.name: has roundTrip: $plain, primitive is $primitive', ({ serde, plain, primitive }) => {
  expect(serde.roundTrip !== undefined).toBe(plain);
  expect(serde.primitive === true).toBe(primitive);
});

test('-0 and 0 are one key in a Map and two by their bytes', () => {
  expect(new Map([[0, 'zero']]).has(-0)).toBe(true);
  expect(double.encode(0, at)).not.toEqual(double.encode(-0, at));
});

test('later changes of an array do not affect encoded or decoded bytes', () => {
  const mine = Uint8Array.of(1, 2);
  const written = bytes.encode(mine, at);
  const read = bytes.decode(written, at);
  mine[0] = 9;
  read[1] = 9;
  expect(written).toEqual(Uint8Array.of(1, 2));
});
