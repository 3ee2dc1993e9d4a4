/** The bytes of primitive values: exact longs, UTF-8, shared memory, and corrupt lengths. */
import { describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import { type AvroSchema, avro } from './index.js';

const at = { topic: 'orders', headers: [] };

describe('longs', () => {
  const numbers = avro('long');
  const bigints = avro('long', { long: 'bigint' });
  const limits = [2 ** 53 - 1, 2 ** 53 - 2, 2 ** 52 + 1, 2 ** 52, 2 ** 30, 2 ** 30 - 1, 2 ** 27, 64, 63, 1, 0];

  test('up to ±(2^53 − 1) are numbers without loss, in the bytes of bigints', () => {
    const check = (value: number): void => {
      const bytes = numbers.encode(value, at);
      expect([...bytes]).toEqual([...bigints.encode(BigInt(value), at)]);
      expect(numbers.decode(bytes, at)).toBe(value);
      expect(bigints.decode(bytes, at)).toBe(BigInt(value));
    };
    for (const limit of limits)
      for (const value of [limit, -limit - 1, -limit]) if (Number.isSafeInteger(value)) check(value + 0);
    fc.assert(fc.property(fc.maxSafeInteger(), check));
  });

  test('of 64 bits are bigints without loss, and are refused as numbers', () => {
    for (const value of [2n ** 53n, 2n ** 53n + 1n, -(2n ** 53n), -(2n ** 53n) - 1n, 2n ** 63n - 1n, -(2n ** 63n)]) {
      const bytes = bigints.encode(value, at);
      expect(bigints.decode(bytes, at)).toBe(value);
      expect(() => numbers.decode(bytes, at)).toThrow("create the serde with { long: 'bigint' }");
    }
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), (value) => {
        expect(bigints.decode(bigints.encode(value, at), at)).toBe(value);
      }),
    );
    for (const value of [2 ** 53, -(2 ** 53), 0.5, 1n])
      expect(() => numbers.encode(value as number, at)).toThrow('"long"');
  });

  test('are exact as defaults', () => {
    const schema = (value: number) =>
      ({ type: 'record', name: 'R', fields: [{ name: 'n', type: 'long', default: value }] }) as const;
    const least = -(2 ** 53) + 1;
    const decoded = avro(schema(least)).decode(avro(schema(least)).encode({} as never, at), at);
    expect(decoded).toEqual({ n: least });
    const exact = avro(schema(least), { long: 'bigint' });
    expect(exact.decode(exact.encode({} as never, at), at)).toEqual({ n: BigInt(least) });
  });

  test('of a writer are numbers where the reader has doubles, and bigints where it has longs', () => {
    const bytes = bigints.encode(5n, at);
    expect(avro('double', { long: 'bigint', writer: 'long' }).decode(bytes, at)).toBe(5);
    expect(avro('long', { long: 'bigint', writer: 'int' }).decode(avro('int').encode(5, at), at)).toBe(5n);
  });

  test('of more than 64 bits, and ints of more than 32, are refused', () => {
    const long = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1);
    expect(() => numbers.decode(long, at)).toThrow('a long has more than 64 bits (topic orders)');
    expect(() => avro('int').decode(numbers.encode(2 ** 31, at), at)).toThrow('an int has more than 32 bits');
    expect(avro('int').decode(numbers.encode(-(2 ** 31), at), at)).toBe(-(2 ** 31));
  });
});

test('floats and doubles are those of avsc', () => {
  for (const type of ['float', 'double'] as const) {
    const plain = avsc.Type.forSchema(type);
    fc.assert(
      fc.property(type === 'float' ? fc.float() : fc.double(), (value) => {
        expect([...avro(type).encode(value, at)]).toEqual([...plain.toBuffer(value)]);
        expect(avro(type).decode(plain.toBuffer(value), at)).toBe(value);
      }),
    );
  }
});

describe('text', () => {
  const text = avro('string');

  test('of any length is UTF-8', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary-ascii', maxLength: 200 }),
      fc.string({ unit: 'grapheme', maxLength: 200 }),
    );
    fc.assert(
      fc.property(texts, (value) => {
        const bytes = text.encode(value, at);
        expect([...bytes.subarray(-Buffer.byteLength(value))]).toEqual([
          ...(value === '' ? [0] : new TextEncoder().encode(value)),
        ]);
        expect(text.decode(bytes, at)).toBe(value);
      }),
    );
    for (const value of ['\ufffd', `a\ufeff${'b'.repeat(20)}`, 'x'.repeat(70_000)]) {
      expect(text.decode(text.encode(value, at), at)).toBe(value);
    }
  });

  test('that UTF-8 cannot hold, and bytes that are not UTF-8, are refused', () => {
    for (const value of ['\ud800', 'ab\udc00c', `${'x'.repeat(100)}\ud800`]) {
      expect(() => text.encode(value, at)).toThrow(
        'the string has a lone surrogate, which UTF-8 cannot hold (topic orders)',
      );
    }
    expect(() => text.decode(Uint8Array.of(2, 0xc3), at)).toThrow('(topic orders)');
    expect(() => text.decode(Uint8Array.of(32, ...new Uint8Array(15).fill(97), 0xff), at)).toThrow('(topic orders)');
  });
});

describe('memory', () => {
  const bytes = avro('bytes');

  test('is copied, so that a later change of the source changes no value', () => {
    const source = bytes.encode(Uint8Array.of(1, 2, 3), at);
    const decoded = bytes.decode(source, at);
    source.fill(9);
    expect([...decoded]).toEqual([1, 2, 3]);
  });

  test('is shared in slabs of 8 KiB only by values of up to 1 KiB, also after a large one', () => {
    for (const length of [0, 10, 100, 1_000, 2_000, 100_000, 100, 9_000, 10]) {
      const encoded = bytes.encode(new Uint8Array(length).fill(length), at);
      expect(bytes.decode(encoded, at)).toEqual(new Uint8Array(length).fill(length));
      const shared = encoded.length > 64 && encoded.length <= 1_024;
      expect(encoded.buffer.byteLength).toBe(shared ? 8_192 : encoded.length);
    }
  });

  test('of many values of any length is not overwritten', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 3_000 }), { maxLength: 20 }), (values) => {
        const encoded = values.map((value) => bytes.encode(value, at));
        expect(encoded.map((one) => bytes.decode(one, at))).toEqual(values.map((value) => new Uint8Array(value)));
      }),
    );
  });

  test('of a value that is refused in its middle is used again', () => {
    const pair = avro({ type: 'array', items: 'string' });
    const before = pair.encode(['x'.repeat(100)], at);
    expect(() => pair.encode(['y'.repeat(100), 5 as never], at)).toThrow('5 is not a valid "string" at 1');
    const after = pair.encode(['z'.repeat(100)], at);
    expect([before, after].map((one) => pair.decode(one, at)[0]?.[0])).toEqual(['x', 'z']);
  });

  test('is not shared with a serde inside a logical type', () => {
    const inner = avro('string');
    const sealed = () => ({
      decode: (part: Uint8Array) => inner.decode(part, at),
      encode: (value: string) => inner.encode(value, at),
    });
    const outer = avro(
      { type: 'array', items: { type: 'bytes', logicalType: 'sealed' } },
      { logicalTypes: { sealed } },
    );
    const values = ['a', 'b'.repeat(200), 'c'];
    expect(outer.decode(outer.encode(values, at), at)).toEqual(values);
  });
});

describe('corrupt bytes', () => {
  const node: AvroSchema = {
    type: 'record',
    name: 'Node',
    fields: [{ name: 'next', type: ['null', 'Node'], default: null }],
  };
  const gone = (type: AvroSchema): AvroSchema => ({
    type: 'record',
    name: 'R',
    fields: [{ name: 'gone', type } as never],
  });
  const reader = (type: AvroSchema) => avro<object>({ type: 'record', name: 'R', fields: [] }, { writer: gone(type) });

  test.each([
    { type: 'array', items: 'int' },
    { type: 'map', values: 'int' },
  ] as const)('with a negative length end while a $type is skipped', (type) => {
    expect(() => reader(type).decode(Uint8Array.of(1, 3, 0), at)).toThrow('a length is negative: -2 (topic orders)');
    expect(() => reader(type).decode(Uint8Array.of(1, 100, 0), at)).toThrow('the bytes are truncated (topic orders)');
    expect(() => reader(type).decode(Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0x7f), at)).toThrow('truncated');
  });

  test.each([
    { type: 'array', items: 'int' },
    { type: 'map', values: 'int' },
  ] as const)('do not keep a $type with lengths of its blocks from being skipped', (type) => {
    const element = type.type === 'map' ? [2, 97, 10] : [10];
    const blocks = [1, 2 * element.length, ...element, 2, ...element, 0];
    expect(reader(type).decode(Uint8Array.from(blocks), at)).toEqual({});
    const read = avro<{ gone: object }>(gone(type)).decode(Uint8Array.from(blocks), at);
    expect(read.gone).toEqual(type.type === 'map' ? { a: 5 } : [5, 5]);
  });

  test('nested more deeply than the stack are refused', () => {
    const deep = new Uint8Array(1_000_000).fill(2);
    expect(() => avro<object>(node).decode(deep, at)).toThrow('(topic orders)');
  });

  test('with an entry named __proto__ keep it as an entry', () => {
    const map = avro({ type: 'map', values: { type: 'map', values: 'int' } });
    const value = JSON.parse('{"__proto__":{"polluted":1},"b":{"c":2}}');
    const decoded = map.decode(map.encode(value, at), at);
    expect(JSON.stringify(decoded)).toBe('{"__proto__":{"polluted":1},"b":{"c":2}}');
    expect(Object.getPrototypeOf(decoded)).toBe(Object.prototype);
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });
});
