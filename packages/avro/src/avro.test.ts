import { describe, expect, test } from '@jest/globals';
import { ConfigError } from '@kstreams/core/graph';
import { same } from '@kstreams/test-support/type-of';
import { serdeChecks } from '@kstreams/testing';
import avsc from 'avsc';
import fc from 'fast-check';
import { avro, dateText, decimalText, timestampMillis } from './index.js';

const at = { topic: 'orders', headers: [] };

const price = { type: 'record', name: 'Price', fields: [{ name: 'cents', type: 'int' }] } as const;
const order = avro(
  {
    type: 'record',
    name: 'Order',
    namespace: 'shop',
    fields: [
      { name: 'id', type: 'string' },
      { name: 'count', type: 'long' },
      { name: 'state', type: { type: 'enum', name: 'State', symbols: ['NEW', 'PAID'] } },
      { name: 'note', type: ['null', 'string'], default: null },
      { name: 'total', type: { type: 'bytes', logicalType: 'decimal', precision: 8, scale: 2 } },
      { name: 'placed', type: { type: 'long', logicalType: 'timestamp-millis' } },
      { name: 'day', type: { type: 'int', logicalType: 'date' } },
      { name: 'raw', type: ['null', 'bytes'] },
      { name: 'hash', type: { type: 'fixed', name: 'Hash', size: 2 } },
      { name: 'prices', type: { type: 'map', values: { type: 'array', items: price } } },
      { name: 'last', type: ['null', 'Price'] },
    ],
  },
  { logicalTypes: { decimal: decimalText, 'timestamp-millis': timestampMillis, date: dateText } },
);
const first = {
  id: 'o-1',
  count: 2 ** 40,
  state: 'NEW',
  note: null,
  total: '-12.50',
  placed: new Date(1_700_000_000_123),
  day: '2024-02-29',
  raw: new Uint8Array([1, 2, 3]),
  hash: new Uint8Array([4, 5]),
  prices: { tea: [{ cents: 5 }], none: [] },
  last: { cents: 7 },
} as const;
const second = { ...first, note: 'ü', raw: null, last: null, state: 'PAID', total: '0.00' } as const;

describe('a record', () => {
  test.each(
    serdeChecks(order, {
      values: [first, second],
      refused: [
        {},
        'text',
        { ...first, state: 'GONE' },
        { ...first, hash: new Uint8Array(3) },
        { ...first, count: 2 ** 53 },
      ],
    }),
  )('$name', ({ run }) => run());
});

describe('longs as bigints', () => {
  const longs = avro({ type: 'array', items: ['null', 'long', 'string'] }, { long: 'bigint' });
  test.each(
    serdeChecks(longs, { values: [[1n, null, 'a', 2n ** 63n - 1n, -(2n ** 63n)]], refused: [[1], [2n ** 63n]] }),
  )('$name', ({ run }) => run());

  test('numbers refuse those that they cannot hold', () => {
    const bytes = avro('long', { long: 'bigint' }).encode(2n ** 53n + 1n, at);
    expect(() => avro('long').decode(bytes, at)).toThrow(
      "a long is beyond ±(2^53 − 1): create the serde with { long: 'bigint' } (topic orders)",
    );
  });
});

test('a part that does not fit is named with its path', () => {
  const wrong = { ...first, prices: { tea: [{ cents: 0.5 }] } };
  expect(() => order.encode(wrong, at)).toThrow('0.5 is not a valid "int" at prices.tea.0.cents (topic orders)');
});

test('the bytes are those of avsc', () => {
  const schema = {
    type: 'record',
    name: 'R',
    fields: [
      { name: 'a', type: 'string' },
      { name: 'b', type: 'double' },
    ],
  } as const;
  fc.assert(
    fc.property(fc.record({ a: fc.string({ unit: 'grapheme' }), b: fc.double() }), (value) => {
      const plain = avsc.Type.forSchema(schema as unknown as avsc.Schema).toBuffer(value);
      expect([...avro(schema).encode(value, at)]).toEqual([...plain]);
    }),
  );
});

describe('evolution', () => {
  const schemaOf = (...fields: readonly object[]) => ({ type: 'record', name: 'R', fields }) as never;
  const id = { name: 'id', type: 'int' };

  test('a new member takes its default, and a removed one is skipped', () => {
    const reader = avro<object>(
      schemaOf(
        id,
        { name: 'tags', type: ['null', 'string'], default: null },
        {
          name: 'price',
          type: { type: 'bytes', logicalType: 'decimal', precision: 4, scale: 2 },
          default: '\u0001',
        },
      ),
      { logicalTypes: { decimal: decimalText }, writer: schemaOf({ name: 'old', type: 'string' }, id) },
    );
    const bytes = avro<object>(schemaOf({ name: 'old', type: 'string' }, id)).encode({ old: 'x', id: 5 }, at);
    expect(reader.decode(bytes, at)).toEqual({ id: 5, tags: null, price: '0.01' });
  });

  const older = avro<object>(schemaOf(id));
  const noted = { name: 'note', type: 'string', default: 'none' };
  test.each(
    serdeChecks(avro<object>(schemaOf(id, noted), { writer: schemaOf(id) }), {
      values: [],
      earlier: [{ bytes: older.encode({ id: 5 }, at), value: { id: 5, note: 'none' } }],
    }),
  )('$name', ({ run }) => run());

  test('an underlying type is promoted below a logical type', () => {
    const moment = { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } };
    const reader = avro<object>(schemaOf(moment), {
      logicalTypes: { 'timestamp-millis': timestampMillis },
      writer: schemaOf({ name: 'at', type: 'int' }),
    });
    const bytes = avro<object>(schemaOf({ name: 'at', type: 'int' })).encode({ at: 5 }, at);
    expect(reader.decode(bytes, at)).toEqual({ at: new Date(5) });
  });

  test('a writer that cannot be read is refused', () => {
    expect(() => avro<object>(schemaOf(id), { writer: schemaOf({ name: 'id', type: 'string' }) })).toThrow(ConfigError);
    expect(() => avro<object>(schemaOf(id), { writer: schemaOf() })).toThrow('no matching field');
  });

  test('versions of one name do not meet', () => {
    const reader = avro<object>(schemaOf(id));
    for (const type of ['int', ['int'], 'int'] as const) {
      const decode = reader.payloadDecoder({ type: 'AVRO', text: JSON.stringify(schemaOf({ name: 'id', type })) });
      const bytes = avro<object>(schemaOf({ name: 'id', type })).encode({ id: 3 }, at);
      expect(decode(bytes, at)).toEqual({ id: 3 });
    }
  });

  test('the schemas that a writer refers to are read first', () => {
    const reader = avro<object>({ type: 'record', name: 'R', fields: [{ name: 'price', type: price }] });
    const text = JSON.stringify({ type: 'record', name: 'R', fields: [{ name: 'price', type: 'Price' }] });
    const references = [{ name: 'Price', schema: { type: 'AVRO' as const, text: JSON.stringify(price) } }];
    const decode = reader.payloadDecoder({ type: 'AVRO', text, references });
    expect(decode(reader.encode({ price: { cents: 7 } }, at), at)).toEqual({ price: { cents: 7 } });
  });
});

test('a union of one JavaScript type is wrapped', () => {
  const serde = avro(['string', { type: 'enum', name: 'E', symbols: ['A'] }]);
  same<Parameters<typeof serde.encode>[0], { readonly string: string } | { readonly E: 'A' }>(true);
  expect(serde.decode(serde.encode({ E: 'A' }, at), at)).toEqual({ E: 'A' });
  expect(() => serde.encode('A' as never, at)).toThrow('(topic orders)');
});

test.each([
  [
    { type: 'record', name: 'R', fields: [{ name: 'n', type: ['null', 'long'], default: 5 }] },
    'union defaults must match',
  ],
  [{ type: 'record', name: 'R', fields: [{ name: 'n', type: 'Gone' }] }, 'undefined type name: Gone'],
  [{ type: 'record', name: 'R', fields: [{ name: '__proto__', type: 'int' }] }, 'no name may be "__proto__"'],
  [{ type: 'record', name: 'R', fields: [{ name: 'a b', type: 'int' }] }, 'invalid field name'],
  [{ type: 'array', items: { type: 'record', name: 'R', fields: [{ name: 'a', type: 'null' }] } }, 'takes no bytes'],
])('an invalid schema is refused: %p', (schema, message) => {
  expect(() => avro(schema as never)).toThrow(ConfigError);
  expect(() => avro(schema as never)).toThrow(message);
});

test.each(['a"];throw 1;//', 'a b', '1a', 'a.b-c', '', '__proto__'])('the name %p of a registry is refused', (name) => {
  const reader = avro<object>({ type: 'record', name: 'R', fields: [] });
  const field = { type: 'record', name: 'R', fields: [{ name, type: 'int' }] };
  const record = { type: 'record', name: 'R', fields: [{ name: 'a', type: { type: 'record', name, fields: [] } }] };
  for (const schema of [field, record]) {
    expect(() => reader.payloadDecoder({ type: 'AVRO', text: JSON.stringify(schema) })).toThrow(/name/);
  }
});

test('members may have the names of inherited ones', () => {
  const named = avro({
    type: 'record',
    name: 'R',
    fields: [
      { name: 'constructor', type: 'int' },
      { name: 'toString', type: 'int' },
    ],
  });
  const value = { constructor: 1, toString: 2 } as never;
  expect(Object.entries(named.decode(named.encode(value, at), at))).toEqual([
    ['constructor', 1],
    ['toString', 2],
  ]);
});

test.each(['12.345', '1e3', '', '1234567.00', '--1'])('the decimal %p is refused', (total) => {
  expect(() => order.encode({ ...first, total }, at)).toThrow('(topic orders)');
});

test('a corrupt length of an array ends at the end of the bytes', () => {
  const lengths = Uint8Array.of(0xfe, 0xff, 0xff, 0xff, 0xff, 0x7f, 0);
  expect(() => avro({ type: 'array', items: 'int' }).decode(lengths, at)).toThrow(
    'the bytes are truncated (topic orders)',
  );
  expect(() => avro({ type: 'map', values: 'null' }).decode(lengths, at)).toThrow(
    'the bytes are truncated (topic orders)',
  );
});

test('any decimal of the precision round-trips', () => {
  const serde = avro(
    { type: 'bytes', logicalType: 'decimal', precision: 30, scale: 4 },
    { logicalTypes: { decimal: decimalText } },
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 30n) + 1n, max: 10n ** 30n - 1n }), (unscaled) => {
      const digits = `${unscaled < 0n ? -unscaled : unscaled}`.padStart(5, '0');
      const text = `${unscaled < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
      expect(serde.decode(serde.encode(text, at), at)).toBe(text);
    }),
  );
});

test('the type comes from the schema', () => {
  type Order = ReturnType<typeof order.decode>;
  same<Order['state'], 'NEW' | 'PAID'>(true);
  same<Order['note'], string | null>(true);
  same<Order['total'], string>(true);
  same<Order['placed'], Date>(true);
  same<Order['raw'], Uint8Array | null>(true);
  same<Order['last'], { readonly cents: number } | null>(true);
  const given = avro<{ readonly id: string }>(
    JSON.parse('{"type":"record","name":"R","fields":[{"name":"id","type":"string"}]}'),
  );
  same<ReturnType<typeof given.decode>, { readonly id: string }>(true);
  // @ts-expect-error: a member is missing
  expect(() => order.encode({ id: 'o-1' }, at)).toThrow();
});

test('the same schema and options give the same serde', () => {
  expect(avro(price)).toBe(avro(price));
});
