import { expect, test } from '@jest/globals';
import { type AnySerde, fromUtf8, Pending, type Received, record, toUtf8 } from '@kstreams/core/graph';
import fc from 'fast-check';
import { checksKeyBytes, reportsKeyBytes } from './key-bytes.js';

/** Numbers in any notation, written in the shortest one. */
const number: AnySerde = {
  name: 'number',
  encode: (value) => toUtf8(String(value)),
  decode: (bytes) => Number(fromUtf8(bytes)),
};

const received = (offset: number, key: string | null): Received => ({
  topic: 'in',
  partition: 0,
  offset,
  timestamp: offset,
  key: key === null ? null : toUtf8(key),
  value: null,
  headers: [],
});

const decode = ({ key, timestamp }: Received) =>
  record(key === null ? null : number.decode(key, received(0, null)), null, timestamp);

test('reports each record whose key has other bytes, once, also when it is decoded again', () => {
  const key = fc.option(fc.constantFrom('7', '7.0', '07', '70', '7e1', '0.5'));
  fc.assert(
    fc.property(fc.array(fc.tuple(key, fc.integer({ min: 1, max: 3 }))), (keys) => {
      const reported: number[] = [];
      const reporting = reportsKeyBytes(decode, number, ({ offset }) => reported.push(offset));
      for (const [offset, [text, times]] of keys.entries()) {
        const one = received(offset, text);
        for (let i = 0; i < times; i++) expect(reporting(one, 0)).toEqual(decode(one));
      }
      const differing = keys.flatMap(([text], i) => (text === null || text === String(Number(text)) ? [] : [i]));
      expect(reported).toEqual(differing);
    }),
  );
});

test('checks one of 100 records after the first 1,000, and all from the first that differs on', () => {
  const differing: number[] = [];
  const reporting = reportsKeyBytes(decode, number, ({ offset }) => differing.push(offset));
  for (let offset = 0; offset < 1_000; offset++) reporting(received(offset, '7'), 0);
  for (let offset = 1_000; offset < 1_500; offset++) reporting(received(offset, '07'), 0);
  const [first] = differing;
  expect(first).toBeLessThan(1_100);
  expect(differing).toEqual(Array.from({ length: 1_500 - Number(first) }, (_, i) => Number(first) + i));
});

test('a key that cannot be written is left to the step that writes it', () => {
  const failing = [new Error('too deep'), new Pending(Promise.resolve())];
  for (const error of failing) {
    const encode = () => {
      throw error;
    };
    const reporting = reportsKeyBytes(decode, { ...number, encode }, () => {
      throw new Error('was reported');
    });
    expect(reporting(received(0, '07'), 0)).toEqual(decode(received(0, '07')));
  }
});

test('checks sources of tables and of subtopologies with stores, if their keys have more than one form', () => {
  const store = [{}] as never;
  const checks = (nulls: 'pass' | 'refuse', stores: never[], key: AnySerde = number): boolean =>
    checksKeyBytes({ key, nulls }, { stores });
  expect([checks('pass', []), checks('refuse', store), checks('refuse', [])]).toEqual([true, true, false]);
  expect(checks('pass', store, { ...number, primitive: true })).toBe(false);
  expect(checks('pass', store, { ...number, prepare: async () => {} })).toBe(false);
  expect(checks('pass', store, { ...number, inner: [{ ...number, prefetch: () => undefined }] })).toBe(false);
  expect(checksKeyBytes({ key: number, nulls: 'pass', repartition: {} as never }, { stores: store })).toBe(false);
});
