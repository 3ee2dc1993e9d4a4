import { describe, expect, test } from '@jest/globals';
import { serdeChecks } from '@kstreams/testing';
import fc from 'fast-check';
import { Packr } from 'msgpackr';
import { z } from 'zod';
import { msgpack } from './index.js';

const at = { topic: 'orders', headers: [] };
const order = { id: 'o-1', total: 5.5, lines: [{ sku: 'tea', amount: 3 }], paid: true, note: null };
const wide = { at: new Date(1_700_000_000_123), bytes: new Uint8Array([1, 2]), rest: Number.NaN, far: 2 ** 60 };
const refused = [1n, () => 1, Symbol('s'), new Map(), new Set(), Promise.resolve(1), /a/, new Error('no'), [undefined]];

describe.each([
  { name: 'msgpack()', checks: serdeChecks(msgpack<object>(), { values: [order, wide, {}], refused }) },
  {
    name: 'with records',
    checks: serdeChecks(msgpack<object>({ records: [['id', 'total']] }), {
      values: [{ id: 'o-1', total: 5 }, order, { total: 1, id: 'o' }],
      refused,
    }),
  },
  {
    name: 'with a schema',
    checks: serdeChecks(msgpack(z.object({ id: z.string(), at: z.date() })), {
      values: [{ id: 'o-1', at: new Date(5) }],
      refused: [{ id: 1, at: new Date(5) }],
    }),
  },
  {
    name: 'with bigints',
    checks: serdeChecks(msgpack<object>({ int64: 'bigint' }), {
      values: [{ small: 5n, large: -(2n ** 63n) }],
      refused: [{ larger: 2n ** 64n }],
    }),
  },
])('$name', ({ checks }) => {
  test.each(checks)('$name', ({ run }) => run());
});

test('any JSON value but null round-trips', () => {
  const values = fc.jsonValue().filter((value) => value !== null && !JSON.stringify(value).includes('"__proto__"'));
  const serde = msgpack<unknown>();
  fc.assert(
    fc.property(values, (value) => {
      expect(serde.decode(serde.encode(value, at), at)).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('undefined members are left out, and the value stays as it is', () => {
  const value = { a: 1, inner: { b: undefined, c: [{ d: undefined }] } };
  const serde = msgpack<object>();
  expect(serde.decode(serde.encode(value, at), at)).toEqual({ a: 1, inner: { c: [{}] } });
  expect(Object.keys(value.inner)).toEqual(['b', 'c']);
});

test.each([
  [{ lines: [{ price: () => 1 }] }, 'MessagePack cannot hold a function at lines.0.price'],
  [{ at: new Date(Number.NaN) }, 'MessagePack cannot hold an invalid date at at'],
  [{ tags: new Set() }, 'MessagePack cannot hold a Set at tags'],
  [{ total: 5n }, "5n is a 64-bit integer: create the serde with { int64: 'bigint' } at total"],
  [JSON.parse('{"a":{"__proto__":1}}'), 'MessagePack libraries rename this member at a.__proto__'],
])('a refused part is named: %p', (value, message) => {
  expect(() => msgpack<object>().encode(value, at)).toThrow(`${message} (topic orders)`);
});

test('a cyclic value is refused', () => {
  const value: { self?: object } = {};
  value.self = value;
  expect(() => msgpack<object>().encode(value, at)).toThrow('the value is cyclic, or deeper than 500 levels,');
});

test('deeply nested bytes are refused', () => {
  for (const header of [[0x91], [0x92], [0x9f], [0x81], [0x82], [0x81, 0xa1, 0x61], [0xdc, 0, 1], [0xde, 0, 1]]) {
    for (const length of [2_000, 21_000, 72_000, 200_000]) {
      const nested = Uint8Array.from({ length }, (_, i) => header[i % header.length] as number);
      expect(() => msgpack().decode(nested, at)).toThrow('(topic orders)');
    }
  }
});

test('64-bit integers of other programs are exact or refused', () => {
  const bytes = (value: bigint) => new Uint8Array(new Packr().pack({ total: value }));
  expect(msgpack().decode(bytes(2n ** 53n - 1n), at)).toEqual({ total: 2 ** 53 - 1 });
  expect(() => msgpack().decode(bytes(2n ** 53n + 1n), at)).toThrow(
    "create the serde with { int64: 'bigint' } at total",
  );
  expect(msgpack({ int64: 'bigint' }).decode(bytes(2n ** 53n + 1n), at)).toEqual({ total: 2n ** 53n + 1n });
});

test('other libraries read its bytes', () => {
  expect(new Packr({ useRecords: false }).unpack(msgpack<object>().encode(order, at))).toEqual(order);
});

test('records store no names', () => {
  const plain = msgpack<object>().encode({ id: 'o-1', total: 5 }, at);
  const records = msgpack<object>({ records: [['id', 'total']] });
  expect(records.encode({ id: 'o-1', total: 5 }, at).length).toBeLessThan(plain.length / 2);
  const longer = msgpack<object>({ records: [['id', 'total'], ['sku']] });
  expect(longer.decode(records.encode({ id: 'o-1', total: 5 }, at), at)).toEqual({ id: 'o-1', total: 5 });
});

describe('an earlier version is upgraded', () => {
  const v2 = z.strictObject({ cents: z.number() });
  const serde = msgpack(v2, {
    upgrade: (older) => ({ cents: 100 * z.object({ total: z.number() }).parse(older).total }),
  });
  const earlier = [{ bytes: msgpack<object>().encode({ total: 1.5 }, at), value: { cents: 150 } }];
  test.each(serdeChecks(serde, { values: [{ cents: 5 }], refused: [{ total: 5 }], earlier }))('$name', ({ run }) =>
    run(),
  );
});

test('nil is null to nullable serdes alone', () => {
  expect(msgpack().isNull?.(Uint8Array.of(0xc0))).toBe(true);
  expect(() => msgpack().decode(Uint8Array.of(0xc0), at)).toThrow(
    'the bytes are nil: read them with nullable(msgpack())',
  );
});

test('the same arguments give the same serde', () => {
  const schema = z.object({ id: z.string() });
  expect(msgpack()).toBe(msgpack());
  expect(msgpack(schema)).toBe(msgpack(schema));
  expect(msgpack(schema)).not.toBe(msgpack());
});
