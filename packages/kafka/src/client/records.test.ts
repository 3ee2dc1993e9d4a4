import { expect, test } from '@jest/globals';
import { noHeaders, toUtf8 } from '@kstreams/core/graph';
import type { NativeHeader } from './addon.js';
import { nativeBytesOf, nativeHeadersOf, nativeTimestampOf, receivedOf } from './records.js';

const place = { topic: 't', partition: 1, offset: 2, timestamp: 3 };

test('fetched bytes are plain arrays over the same memory', () => {
  const buffer = Buffer.from('xyz').subarray(1);
  const { value } = receivedOf({ ...place, key: null, value: buffer });
  expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
  expect([...(value as Uint8Array)]).toEqual([...buffer]);
  expect(value?.buffer).toBe(buffer.buffer);
});

test('null stays null, and missing headers become the shared empty array', () => {
  const record = receivedOf({ ...place, key: null, value: null });
  expect(record).toEqual({ ...place, key: null, value: null, headers: [] });
  expect(record.headers).toBe(noHeaders);
});

test('headers keep their order and repeated names; a missing value stays null', () => {
  const headers: NativeHeader[] = [{ b: toUtf8('1') }, { a: null }, { b: toUtf8('2') }];
  expect(receivedOf({ ...place, key: null, value: null, headers }).headers).toEqual([
    ['b', toUtf8('1')],
    ['a', null],
    ['b', toUtf8('2')],
  ]);
});

test('a header whose name the client set as the prototype is found', () => {
  const header = (value: Uint8Array | null): NativeHeader => {
    const set: Record<string, unknown> = {};
    set[['__proto__'][0] as string] = value;
    return set as NativeHeader;
  };
  const headers = [header(toUtf8('1')), header(null), { constructor: toUtf8('2') }] as readonly NativeHeader[];
  expect(receivedOf({ ...place, key: null, value: null, headers }).headers).toEqual([
    ['__proto__', toUtf8('1')],
    ['__proto__', null],
    ['constructor', toUtf8('2')],
  ]);
});

test('a null header is produced from an array without memory, which the client takes for null', () => {
  const [header] = nativeHeadersOf([['a', null]]) as readonly NativeHeader[];
  expect(header?.a?.buffer.byteLength).toBe(0);
});

test('a produced header is an object with one property, for any name', () => {
  const sent = nativeHeadersOf([
    ['__proto__', toUtf8('1')],
    ['7', toUtf8('2')],
  ]);
  expect(sent?.map((header) => Object.entries(header))).toEqual([[['__proto__', toUtf8('1')]], [['7', toUtf8('2')]]]);
  expect(nativeHeadersOf([])).toBeUndefined();
});

test('empty bytes are produced from an array with memory, which the client does not take for null', () => {
  expect(nativeBytesOf(new Uint8Array(0)).buffer.byteLength).toBeGreaterThan(0);
  expect(nativeBytesOf(new Uint8Array(0))).toHaveLength(0);
  expect(nativeBytesOf(null)).toBeNull();
  const some = toUtf8('some');
  expect(nativeBytesOf(some)).toBe(some);
});

test('timestamp 0 is produced as 1, all others unchanged', () => {
  expect([0, 1, 1_000].map(nativeTimestampOf)).toEqual([1, 1, 1_000]);
});
