import { expect, test } from '@jest/globals';
import { noHeaders, toUtf8 } from '@kstreams/core/graph';
import { nativeHeadersOf, nativeTimestampOf, present, receivedOf } from './record.js';

const place = { topic: 't', partition: 1, offset: 2, timestamp: 3 };

test('bytes that were read are plain arrays over the same memory', () => {
  const buffer = Buffer.from('xyz').subarray(1);
  const { value } = receivedOf({ ...place, key: null, value: buffer });
  expect(Object.getPrototypeOf(value)).toBe(Uint8Array.prototype);
  expect([...(value as Uint8Array)]).toEqual([...buffer]);
  expect(value?.buffer).toBe(buffer.buffer);
});

test('null stays null, and no headers are the shared ones', () => {
  const record = receivedOf({ ...place, key: null, value: null });
  expect(record).toEqual({ ...place, key: null, value: null, headers: [] });
  expect(record.headers).toBe(noHeaders);
});

test('headers keep their order and names that come twice; one without a value is empty', () => {
  const headers: Record<string, Uint8Array>[] = [
    { b: toUtf8('1') },
    { a: null as unknown as Uint8Array },
    { b: toUtf8('2') },
  ];
  expect(receivedOf({ ...place, key: null, value: null, headers }).headers).toEqual([
    ['b', toUtf8('1')],
    ['a', new Uint8Array(0)],
    ['b', toUtf8('2')],
  ]);
});

test('headers are sent as objects with one property, whatever their names', () => {
  const sent = nativeHeadersOf([
    ['__proto__', toUtf8('1')],
    ['7', toUtf8('2')],
  ]);
  expect(sent?.map((header) => Object.entries(header))).toEqual([[['__proto__', toUtf8('1')]], [['7', toUtf8('2')]]]);
  expect(nativeHeadersOf([])).toBeUndefined();
});

test('no bytes are sent as an array that has memory, which the client tells from null', () => {
  expect(present(new Uint8Array(0)).buffer.byteLength).toBeGreaterThan(0);
  expect(present(new Uint8Array(0))).toHaveLength(0);
  expect(present(null)).toBeNull();
  const some = toUtf8('some');
  expect(present(some)).toBe(some);
});

test('the first millisecond of 1970 is sent as the second; all others as they are', () => {
  expect([0, 1, 1_000].map(nativeTimestampOf)).toEqual([1, 1, 1_000]);
});
