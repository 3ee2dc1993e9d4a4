import { describe, expect, test } from '@jest/globals';
import { toUtf8 } from '@kstreams/core/graph';
import fc from 'fast-check';
import { json, nullable } from './index.js';

const serde = json<unknown>();
const at = { topic: 't', headers: [] };
const decode = (text: string): unknown => serde.decode(toUtf8(text), at);

/** Integers with up to 25 digits, with many at the edge of what a number holds. */
const integers = fc.oneof(
  fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }),
  fc.bigInt({ min: 2n ** 53n - 9n, max: 2n ** 53n + 9n }),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.bigInt({ min: 1n, max: 9n }).map((n) => n * 10n ** 20n),
);

/** Texts before and after a number: strings with digits, escapes and quotes, and other numbers. */
const others = fc.oneof(
  fc.stringMatching(/^[0-9"\\ ü]{0,40}$/),
  fc.constantFrom('9007199254740993', '"9007199254740993', '\\', '\\"9007199254740993'),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

describe('an integer in JSON', () => {
  test('is kept digit for digit or refused, anywhere in a value', () => {
    fc.assert(
      fc.property(integers, others, others, fc.nat(20), (integer, before, after, spaces) => {
        const text = `[${JSON.stringify(before)},${' '.repeat(spaces)}${integer},${JSON.stringify(after)}]`;
        let value: unknown;
        try {
          value = decode(text);
        } catch (thrown) {
          expect((thrown as Error).message).toContain(`the integer ${integer} would be rounded to`);
          expect(Number.isSafeInteger(Number(integer))).toBe(false);
          return;
        }
        expect(String((value as unknown[])[1])).toBe(String(integer));
        expect((value as unknown[])[0]).toEqual(JSON.parse(JSON.stringify(before)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('that is safe is kept', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (n) => {
        expect(decode(`{"n":${n}}`)).toEqual({ n });
      }),
    );
  });
});

test('every number that is written is read again', () => {
  const numbers = fc.oneof(
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }).map(Number),
  );
  fc.assert(
    fc.property(fc.array(numbers, { minLength: 1 }), (values) => {
      const read = serde.decode(serde.encode(values, at), at);
      expect(read).toEqual(values.map((value) => (Object.is(value, -0) ? 0 : value)));
    }),
  );
});

test('a string, a fraction or an exponent of many digits is no integer', () => {
  expect(
    decode('["9007199254740993",0.12345678901234567890,12345678901234567890.5,1234567890123456789e-5]'),
  ).toHaveLength(4);
});

test('a key, a nullable value and bytes that are no JSON are checked alike', () => {
  expect(() => nullable(serde).decode(toUtf8('9007199254740993'), at)).toThrow('send it as a string');
  for (const broken of ['"9007199254740993', '[9007199254740992', '{"a":12345678901234567890e}']) {
    expect(() => decode(broken)).toThrow();
  }
});
