/** The readable form of rows: unique names, and keys and values that JSON brings back. */

import { expect, test } from '@jest/globals';
import {
  type AnySerde,
  type AnyStoreSpec,
  bytesToId,
  concatBytes,
  encodeRow,
  fromTypedJson,
  Pending,
  ReadableRows,
  StorageError,
  storePrefix,
  toUtf8,
  type Write,
} from '@kstreams/core/graph';
import { keyValue, versioned } from '@kstreams/core/state';
import { bytes, double, int64, json, string, tuple } from '@kstreams/serde';
import fc from 'fast-check';
import { windowStore } from './window-store.js';

const jsonValue = fc.jsonValue({ noUnicodeString: false }).filter((value) => value !== null);
const instant = fc.integer({ min: -1_000, max: 1_000_000 });
const at = { topic: 'topic', headers: [] };

/** A serde and values of it. */
type Values = readonly [AnySerde, fc.Arbitrary<unknown>];

const kinds: readonly Values[] = [
  [string, fc.string({ unit: 'grapheme' })],
  [int64, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [double, fc.double({ noNaN: true })],
  [bytes, fc.uint8Array({ maxLength: 20 })],
  [json(), jsonValue.map((value) => JSON.parse(JSON.stringify(value)))],
  [tuple(string, int64), fc.tuple(fc.string({ unit: 'grapheme' }), fc.bigInt({ min: 0n, max: 9n }))],
];

const options = (key: AnySerde, value: AnySerde) => ({ key, value, named: true });

const stores: readonly (readonly [string, (key: AnySerde, value: AnySerde) => AnyStoreSpec])[] = [
  ['key-value', (key, value) => keyValue('rows', options(key, value))],
  ['wall', (key, value) => keyValue('rows', { ...options(key, value), ttl: { after: '1m', clock: 'wall' } })],
  ['window', (key, value) => windowStore('rows', { ...options(key, value), retention: 10, closes: false })],
  ['session', (key, value) => windowStore('rows', { ...options(key, value), retention: 10, closes: false, by: 'end' })],
];

const readable = async (spec: AnyStoreSpec, writes: readonly Write[]) =>
  new ReadableRows([{ spec, topic: 'topic' }]).of(writes);

test.each(stores)('JSON brings back every key, window, value and timestamp of a %s store', async (kind, specOf) => {
  const windowed = kind === 'window' || kind === 'session';
  const law = fc.asyncProperty(
    fc.constantFrom(...kinds).chain(([serde, keys]) => fc.tuple(fc.constant(serde), fc.array(keys, { minLength: 1 }))),
    fc.constantFrom(...kinds).chain(([serde, values]) => fc.tuple(fc.constant(serde), values)),
    fc.nat({ max: 3 }),
    instant,
    async ([keySerde, keys], [valueSerde, value], partition, timestamp) => {
      const spec = specOf(keySerde, valueSerde);
      const row = encodeRow(valueSerde.encode(value, at), timestamp);
      const storeKeys = keys.map((key, i) => (windowed ? { key, start: i % 2, end: (i % 2) + timestamp ** 2 } : key));
      const rowKeys = storeKeys.map((key) =>
        concatBytes(storePrefix('rows', partition), spec.reader!.encodeKey(key, at)),
      );
      const rows = await readable(
        spec,
        rowKeys.map((key): Write => [key, row]),
      );
      const fields = rows.map((one) => JSON.parse(JSON.stringify(one?.fields)));
      const decoded = (bytesOfKey: Uint8Array): unknown => keySerde.decode(bytesOfKey, at);
      for (const [i, one] of fields.entries()) {
        const key = decoded(keySerde.encode(keys[i], at));
        expect([fromTypedJson(one.key), fromTypedJson(one.value)]).toEqual([
          key,
          valueSerde.decode(valueSerde.encode(value, at), at),
        ]);
        const { end, start } = (windowed ? storeKeys[i] : {}) as { start?: number; end?: number };
        expect(one).toMatchObject({ store: 'rows', partition, timestamp, ...(windowed && { start, end }) });
        expect(one.ends).toBe(spec.ttl && timestamp + 60_000);
      }
      const names = new Map(rows.map((one, i) => [bytesToId(one!.name), bytesToId(rowKeys[i] as Uint8Array)]));
      expect(names.size).toBe(new Set(rowKeys.map(bytesToId)).size);
      const deleted = await readable(
        spec,
        rowKeys.map((key): Write => [key, undefined]),
      );
      expect(deleted).toEqual(rows.map((one) => ({ ...one, fields: undefined })));
    },
  );
  await fc.assert(law, { numRuns: 25 });
});

test('names are texts for keys that are, with the bounds of their windows', async () => {
  const nameOf = async (spec: AnyStoreSpec, key: unknown): Promise<string> => {
    const rowKey = concatBytes(storePrefix('rows', 2), spec.reader!.encodeKey(key, at));
    return String((await readable(spec, [[rowKey, undefined]])).map((row) => bytesToId(row!.name)));
  };
  const window = windowStore('rows', { ...options(string, string), retention: 10, closes: false });
  expect(await nameOf(keyValue('rows', options(string, string)), 'a/b')).toBe('rows/2/a/b');
  expect(await nameOf(keyValue('rows', options(json(), string)), { id: 1 })).toBe('rows/2/{"id":1}');
  expect(await nameOf(versioned('rows', { ...options(string, string), history: 10 }), 'ann')).toBe('rows/2/ann');
  expect(await nameOf(window, { key: 'ann', start: 5, end: 10 })).toBe('rows/2/ann@5-10');
});

test('positions, rows of other stores and rows without a key have no readable form', async () => {
  const spec = windowStore('rows', { ...options(string, string), retention: 10, closes: false });
  const keys = ['@position/rows/0', 'others/0/a', 'rows', 'rows/0', '@slot'].map(toUtf8);
  expect(
    await readable(
      spec,
      keys.map((key): Write => [key, toUtf8('1')]),
    ),
  ).toEqual(keys.map(() => undefined));
});

test('a row that needs a value to be loaded waits for it, and one that cannot be decoded names its store', async () => {
  let loaded = false;
  const schemas: AnySerde = {
    ...string,
    decode: (row, place) => {
      if (!loaded) throw new Pending(Promise.resolve().then(() => void (loaded = true)));
      return string.decode(row, place);
    },
  };
  const row = encodeRow(toUtf8('1'), 5);
  const [read] = await readable(keyValue('rows', options(string, schemas)), [[toUtf8('rows/0/a'), row]]);
  expect(read?.fields).toEqual({ store: 'rows', partition: 0, key: 'a', value: '1', timestamp: 5 });
  const malformed = readable(keyValue('rows', options(string, int64)), [[toUtf8('rows/0/a'), row]]);
  await expect(malformed).rejects.toThrow(StorageError);
  await expect(malformed).rejects.toThrow(/a row of store "rows" has no readable form: .*; use format: 'bytes'/);
});
