import { describe, expect, jest, test } from '@jest/globals';
import { SerdeError } from '@kstreams/core/graph';
import * as v from 'valibot';
import { z } from 'zod';
import { json, type StandardSchema } from './index.js';

const at = { topic: 'orders', headers: [] };
const utf8 = (text: string) => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('values are written in canonical form, so that equal ones have equal bytes', () => {
  const serde = json<unknown>();
  expect(textOf(serde.encode({ b: 1, a: 'é' }, at))).toBe('{"a":"é","b":1}');
  expect(serde.encode({ b: 1, a: 'é' }, at)).toEqual(serde.encode({ a: 'é', b: 1 }, at));
});

test.each(['text', 1, true, false, [], {}, [null], { a: null }])('%j is a value', (value) => {
  const serde = json<unknown>();
  expect(serde.decode(serde.encode(value, at), at)).toEqual(value);
});

test.each([
  ['no bytes', utf8('')],
  ['an open object', utf8('{"a":1')],
  ['a text without quotes', utf8('hello')],
  ['two values', utf8('{} {}')],
  ['NaN', utf8('NaN')],
  ['what is not UTF-8', Uint8Array.of(0x22, 0xff, 0x22)],
  ['a byte order mark', Uint8Array.of(0xef, 0xbb, 0xbf, 0x31)],
  ['bytes of another format', Uint8Array.of(0, 0, 0, 0, 1, 2)],
])('%s is refused with its topic and cause', (_, bytes) => {
  expect(() => json().decode(bytes, at)).toThrow(SerdeError);
  expect(() => json().decode(bytes, at)).toThrow(
    expect.objectContaining({
      place: { topic: 'orders' },
      cause: expect.objectContaining({ message: expect.any(String) }),
    }),
  );
});

test('a value nested a thousand times deeper than the stack likes is a value or a SerdeError', () => {
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

  test('what fits is read and written', () => {
    expect(order.decode(order.encode(paid, at), at)).toEqual(paid);
  });

  test('what does not fit is refused as it is read, with the places and reasons', () => {
    expect(() => order.decode(utf8('{"id":7,"total":-1}'), at)).toThrow(/id: .+; total: .+ \(topic orders\)$/);
  });

  test('what does not fit is refused as it is written', () => {
    expect(() => order.encode({ id: 'o-1', total: -1 }, at)).toThrow(/^total: .+ \(topic orders\)$/);
  });

  test('what the schema leaves out is neither read nor written, so that equal keys have equal bytes', () => {
    const more = { ...paid, note: 'gift' };
    expect(order.encode(more, at)).toEqual(order.encode(paid, at));
    expect(order.decode(utf8('{"id":"o-1","total":5,"note":"gift"}'), at)).toEqual(paid);
  });
});

test('a default is filled in as it is read', () => {
  const serde = json(z.object({ quantity: z.number().default(1) }));
  expect(serde.decode(utf8('{}'), at)).toEqual({ quantity: 1 });
});

test('a schema may make dates of texts, as long as it takes its own dates too', () => {
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
])('a schema that checks asynchronously is refused: %s', (_, schema) => {
  const serde = json(schema);
  expect(() => serde.decode(utf8('"a"'), at)).toThrow('the schema checks asynchronously');
  expect(() => serde.encode('a', at)).toThrow('the schema checks asynchronously');
});

const schemaThat = (validate: StandardSchema['~standard']['validate']): StandardSchema => ({
  '~standard': { version: 1, vendor: 'test', validate },
});

test('what an asynchronous schema throws later is nobody’s unhandled rejection', async () => {
  const unhandled = jest.fn();
  process.on('unhandledRejection', unhandled);
  const serde = json(schemaThat(() => Promise.reject(new Error('later'))));
  expect(() => serde.decode(utf8('1'), at)).toThrow('the schema checks asynchronously');
  await new Promise(setImmediate);
  process.off('unhandledRejection', unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});

test('what a schema throws is a SerdeError', () => {
  const serde = json(
    schemaThat(() => {
      throw new Error('broken schema');
    }),
  );
  expect(() => serde.decode(utf8('1'), at)).toThrow('broken schema (topic orders)');
  expect(() => serde.encode(1, at)).toThrow(SerdeError);
});

test.each([null, undefined])('a schema that makes %p of a value is refused', (value) => {
  expect(() => json(schemaThat(() => ({ value }))).decode(utf8('1'), at)).toThrow(`the schema made ${value} of it`);
  expect(() => json(schemaThat(() => ({ value }))).encode(1, at)).toThrow(SerdeError);
});

test('issues are listed with their paths, however these are spelled', () => {
  const issues = [
    { message: 'too long' },
    { message: 'odd', path: ['a', 0, { key: 'b' }] },
    { message: 'bad', path: [] },
  ];
  const serde = json(schemaThat(() => ({ issues })));
  expect(() => serde.decode(utf8('1'), at)).toThrow('too long; a.0.b: odd; bad (topic orders)');
});
