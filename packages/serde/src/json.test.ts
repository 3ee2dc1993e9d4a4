import { describe, expect, jest, test } from '@jest/globals';
import { SerdeError } from '@kstreams/core/graph';
import * as v from 'valibot';
import { z } from 'zod';
import { json, type StandardSchema } from './index.js';

const at = { topic: 'orders', headers: [] };
const utf8 = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('equal values have equal bytes: JSON is written in canonical form', () => {
  const serde = json<unknown>();
  expect(textOf(serde.encode({ b: 1, a: 'é' }, at))).toBe('{"a":"é","b":1}');
  expect(serde.encode({ b: 1, a: 'é' }, at)).toEqual(serde.encode({ a: 'é', b: 1 }, at));
});

test.each(['text', 1, true, false, [], {}, [null], { a: null }])('%j is encoded and decoded', (value) => {
  const serde = json<unknown>();
  expect(serde.decode(serde.encode(value, at), at)).toEqual(value);
});

test.each([
  ['no bytes', utf8('')],
  ['an open object', utf8('{"a":1')],
  ['a string without quotes', utf8('hello')],
  ['two values', utf8('{} {}')],
  ['NaN', utf8('NaN')],
  ['invalid UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)],
  ['bytes of another format', Uint8Array.of(0, 0, 0, 0, 1, 2)],
])('%s is refused with the topic and the cause', (_, bytes) => {
  expect(() => json().decode(bytes, at)).toThrow(SerdeError);
  expect(() => json().decode(bytes, at)).toThrow(
    expect.objectContaining({
      location: { topic: 'orders' },
      cause: expect.objectContaining({ message: expect.any(String) }),
    }),
  );
});

test('nesting beyond the stack throws a SerdeError', () => {
  const deep = utf8('['.repeat(200_000) + ']'.repeat(200_000));
  const serde = json<unknown>();
  expect(() => serde.encode(serde.decode(deep, at), at)).toThrow(SerdeError);
});

const schemas: readonly [string, StandardSchema<{ id: string; total: number }>][] = [
  ['zod', z.object({ id: z.string(), total: z.number().positive() })],
  ['valibot', v.object({ id: v.string(), total: v.pipe(v.number(), v.minValue(0.01)) })],
];

describe.each(schemas)('with a schema of %s', (_, schema) => {
  const order = json(schema);
  const paid = { id: 'o-1', total: 5 };

  test('accepted values are encoded and decoded', () => {
    expect(order.decode(order.encode(paid, at), at)).toEqual(paid);
  });

  test('decoding refuses other values with paths and reasons', () => {
    expect(() => order.decode(utf8('{"id":7,"total":-1}'), at)).toThrow(/id: .+; total: .+ \(topic orders\)$/);
  });

  test('encoding refuses other values', () => {
    expect(() => order.encode({ id: 'o-1', total: -1 }, at)).toThrow(/^total: .+ \(topic orders\)$/);
  });

  test('members that the schema strips are neither encoded nor decoded', () => {
    const more = { ...paid, note: 'gift' };
    expect(order.encode(more, at)).toEqual(order.encode(paid, at));
    expect(order.decode(utf8('{"id":"o-1","total":5,"note":"gift"}'), at)).toEqual(paid);
  });
});

test('decoding fills in defaults', () => {
  const serde = json(z.object({ quantity: z.number().default(1) }));
  expect(serde.decode(utf8('{}'), at)).toEqual({ quantity: 1 });
});

test('a schema may convert strings to dates if it accepts dates too', () => {
  const serde = json(z.object({ at: z.coerce.date() }));
  const order = { at: new Date('2001-01-01T00:00:00.000Z') };
  expect(serde.decode(serde.encode(order, at), at)).toEqual(order);
});

test.each([
  ['zod', z.string().refine(() => Promise.resolve(true))],
  [
    'valibot',
    v.pipeAsync(
      v.string(),
      v.checkAsync(() => Promise.resolve(true)),
    ),
  ],
])('an asynchronous schema is refused: %s', (_, schema) => {
  const serde = json(schema);
  expect(() => serde.decode(utf8('"a"'), at)).toThrow('the schema validates asynchronously');
  expect(() => serde.encode('a', at)).toThrow('the schema validates asynchronously');
});

const schemaWith = (validate: StandardSchema['~standard']['validate']): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate },
});

test('a late rejection of an asynchronous schema is handled', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  const serde = json(schemaWith(() => Promise.reject(new Error('later'))));
  expect(() => serde.decode(utf8('1'), at)).toThrow('the schema validates asynchronously');
  await new Promise(setImmediate);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('an error thrown by a schema becomes a SerdeError', () => {
  const serde = json(
    schemaWith(() => {
      throw new Error('broken schema');
    }),
  );
  expect(() => serde.decode(utf8('1'), at)).toThrow('broken schema (topic orders)');
  expect(() => serde.encode(1, at)).toThrow(SerdeError);
});

test.each([null, undefined])('a schema that returns %p is refused', (value) => {
  expect(() => json(schemaWith(() => ({ value }))).decode(utf8('1'), at)).toThrow(`the schema returned ${value}`);
  expect(() => json(schemaWith(() => ({ value }))).encode(1, at)).toThrow(SerdeError);
});

test('errors list issues with both forms of paths', () => {
  const issues = [
    { message: 'too long' },
    { message: 'odd', path: ['a', 0, { key: 'b' }] },
    { message: 'bad', path: [] },
  ];
  const serde = json(schemaWith(() => ({ issues })));
  expect(() => serde.decode(utf8('1'), at)).toThrow('too long; a.0.b: odd; bad (topic orders)');
});
